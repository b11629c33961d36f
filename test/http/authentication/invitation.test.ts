import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { documentedOperations, exampleBody } from '../../support/document.ts'
import { invitationOf, invite, isForInvitations, rotateWith } from '../../support/invitations.ts'
import { startJwksServer } from '../../support/jwks-server.ts'
import { newSecret, probe, setUrl, startProbeServer } from '../../support/probes.ts'
import { startReceiver } from '../../support/receivers.ts'
import { expectDocumented, expectInvalidToken } from '../../support/refusals.ts'
import { provision, startServer, temporaryFolder, type TestResponse } from '../../support/server.ts'
import { createSigner, signedBy } from '../../support/signers.ts'

const forged = `rki_${'A'.repeat(43)}`

function expectNotAllowed(answer: TestResponse, description: string): void {
  expectDocumented(answer, 403)
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer realm="rekey", error="insufficient_scope", error_description="${description}"`,
  )
}

test.each([
  ['a token that Rekey never issued', forged],
  ['a token that is too short', 'rki_abc'],
  ['a token that is too long', `${forged}A`],
  ['a token with other characters', `rki_${'.'.repeat(43)}`],
])('%s returns 401, and is not treated as a JWT', async (_, token) => {
  const { api } = await startServer()
  expectInvalidToken(await api('GET', '/invitation', { token }), 'The invitation is unknown')
})

test.each(documentedOperations.filter(({ security = [] }) => !security.some((one) => 'invitation' in one)))(
  'an invitation does not allow $operationId, whether or not it has been used',
  async (operation) => {
    const server = await startServer()
    const webhook = await provision(server)
    const { token } = await invite(server, webhook)
    const ask = () => server.api(operation.method, operation.path, { token, body: exampleBody(operation) })
    expectNotAllowed(await ask(), 'An invitation does not allow this operation')
    await rotateWith(server, webhook, token)
    expectNotAllowed(await ask(), 'An invitation does not allow this operation')
  },
)

test.each(documentedOperations.filter(isForInvitations))(
  'a JWT with every scope does not allow $operationId',
  async ({ method, path }) => {
    const { api } = await startServer()
    expectNotAllowed(await api(method, path), 'Only the token of an invitation allows this operation')
  },
)

test('an invitation is refused for any other webhook, whether or not that webhook exists', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { token } = await invite(server, webhook)
  await provision(server, 'app_1', 'hook_2')
  await provision(server, 'app_2', 'hook_1')
  const others = [
    'app_1/webhooks/hook_2',
    'app_2/webhooks/hook_1',
    'app_1/webhooks/missing',
    'a%20b/webhooks/c',
  ]
  for (const other of others) {
    const refused = await rotateWith(server, `/applications/${other}` as typeof webhook, token)
    expectNotAllowed(refused, 'The invitation is for another webhook')
  }
  expect((await invitationOf(server, token)).body.state).toBe('open')
})

test('a used invitation allows 10 probes, only without options', { timeout: 60_000 }, async () => {
  const server = await startProbeServer()
  const webhook = await provision(server)
  const receiver = await startReceiver(() => 204)
  await setUrl(server, webhook, receiver.url)
  await newSecret(server, webhook)
  const { id, token } = await invite(server, webhook)
  const ask = (body?: object) => server.api('POST', `${webhook}/probes`, { token, body })
  expectNotAllowed(await ask(), 'The invitation allows probes only once it was used')
  await rotateWith(server, webhook, token)
  for (const body of [{}, { endOverlap: true }, { expectPreviousRefused: true }]) {
    const refused = await ask(body)
    expect([refused.status, refused.body.message]).toEqual([
      400,
      expect.stringMatching(/^body must be omitted/),
    ])
  }
  expect((await invitationOf(server, token)).body.probesLeft).toBe(10)
  // Together, because the limit also applies to probes that run at the same time.
  const answers = [...(await Promise.all(Array.from({ length: 6 }, () => ask()))), await ask(), await ask()]
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
  const last = await Promise.all(Array.from({ length: 4 }, () => ask()))
  expect(last.map(({ status }) => status).sort()).toEqual([200, 200, 403, 403])
  expectNotAllowed(await ask(), 'The invitation allows no more probes')
  expect((await invitationOf(server, token)).body.probesLeft).toBe(0)
  expect(receiver.messages).toHaveLength(20)
  expect((await probe(server, webhook)).status).toBe(200)
  const { items } = (await server.api('GET', `${webhook}/events?limit=100`)).body
  const actor = `invitation ${id} by tester`
  expect(items.filter((event) => event.type === 'receiver.probed' && event.actor === actor)).toHaveLength(10)
})

test('after too many forged tokens from an address, one more returns 429, and a valid one is accepted', async () => {
  const server = await startServer({ environment: { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '3' } })
  const webhook = await provision(server)
  const { token } = await invite(server, webhook)
  const statuses: number[] = []
  for (let count = 0; count < 5; count++) statuses.push((await invitationOf(server, forged)).status)
  expect(statuses).toEqual([401, 401, 401, 429, 429])
  expect((await invitationOf(server, token)).status).toBe(200)
  expect((await rotateWith(server, webhook, token)).status).toBe(200)
})

test('an invitation works with every way of verifying JWTs, even while the issuer is down', async () => {
  const signer = createSigner('ES256')
  const issuer = await startJwksServer(signer)
  const folder = temporaryFolder()
  const { publicKey } = generateKeyPairSync('ed25519')
  const file = join(folder, 'key.pem')
  writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }))
  const first = await startServer()
  const webhook = await provision(first)
  const invitations = [await invite(first, webhook), await invite(first, webhook)]
  await signedBy(signer)
  await issuer.goDown()
  for (const [index, environment] of [
    { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url },
    { REKEY_JWT_SECRET: '', REKEY_JWT_PUBLIC_KEY_FILE: file },
  ].entries()) {
    const server = await startServer({ environment, beside: first })
    const { token = '' } = invitations[index] ?? {}
    expect((await invitationOf(server, token)).status).toBe(200)
    expect((await rotateWith(server, webhook, token)).status).toBe(200)
  }
})

test('the log names the invitation and why it was refused, and never its token', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { id, token } = await invite(server, webhook)
  await rotateWith(server, webhook, token)
  await rotateWith(server, webhook, token, 'another')
  await invitationOf(server, forged)
  expect(server.logs).toContainEqual(
    expect.objectContaining({
      operationId: 'rotateWebhookSecret',
      subject: `invitation ${id} by tester`,
      refused: 'The invitation was used',
      status: 401,
    }),
  )
  expect(JSON.stringify(server.logs)).not.toContain('rki_')
})
