import { expect, test } from 'vitest'
import {
  liveKeys,
  newSecret,
  overlapping,
  probe,
  rotate,
  setUrl,
  startProbeServer,
  verdictsOf,
} from '../support/probes.ts'
import { startReceiver, verifiedWith } from '../support/receivers.ts'
import { provision } from '../support/server.ts'

const day = 86_400_000

test('with expectPreviousRefused, a probe reports proven: true only if the receiver refuses the old key', async () => {
  const server = await startProbeServer()
  const { webhook, old, fresh } = await overlapping(server)
  const expectPreviousRefused = { expectPreviousRefused: true }
  const follows = await startReceiver(verifiedWith(fresh))
  await setUrl(server, webhook, follows.url)
  await server.api('DELETE', `${webhook}/secret/previous`)
  const { body: state } = await server.api('GET', `${webhook}/secret`)
  const { body } = await probe(server, webhook, expectPreviousRefused)
  expect(body.proven).toBe(true)
  expect(body.messages[2]).toEqual({
    signedWith: 'previous',
    keyFingerprint: state.previous[0]?.keyFingerprint,
    expected: 'refused',
    verdict: 'refused',
    status: 401,
    timeMs: expect.any(Number),
  })
  expect(follows.messages.filter((message) => verifiedWith(old)(message) === 204)).toHaveLength(1)

  await setUrl(server, webhook, (await startReceiver(verifiedWith(old, fresh))).url)
  const outcome = await verdictsOf(server, webhook, expectPreviousRefused)
  expect(outcome).toEqual({ proven: false, verdicts: ['accepted', 'refused', 'accepted'] })
})

test('with expectPreviousRefused, a probe tests only the 10 newest previous keys, newest first', async () => {
  const server = await startProbeServer()
  const webhook = await provision(server)
  const secrets: string[] = []
  for (let i = 0; i < 12; i++) secrets.push(await newSecret(server, webhook, { overlapSeconds: 0 }))
  const [fresh = ''] = secrets.toReversed()
  const { body: state } = await server.api('GET', `${webhook}/secret`)
  const stale = secrets[3] ?? ''
  await setUrl(server, webhook, (await startReceiver(verifiedWith(fresh, stale))).url)
  const { body } = await probe(server, webhook, { expectPreviousRefused: true })
  expect(body.proven).toBe(false)
  const fingerprints = body.messages.slice(2).map((message) => message.keyFingerprint)
  expect(fingerprints).toEqual(state.previous.slice(0, 10).map((key) => key.keyFingerprint))
  const accepted = body.messages.filter(({ verdict }) => verdict === 'accepted')
  expect(accepted).toMatchObject([
    { signedWith: 'current' },
    { keyFingerprint: state.previous[7]?.keyFingerprint },
  ])
})

test('while a previous key is live, expectPreviousRefused returns 409, sends nothing and says when the last overlap ends', async () => {
  const now = Date.now()
  const server = await startProbeServer({ now: () => now })
  const webhook = await provision(server)
  const receiver = await startReceiver(() => 204)
  await setUrl(server, webhook, receiver.url)
  await rotate(server, webhook)
  await rotate(server, webhook, { overlapSeconds: 600 })
  await rotate(server, webhook, { overlapSeconds: 60 })
  const { status, body } = await probe(server, webhook, { expectPreviousRefused: true, endOverlap: true })
  expect([status, body.message]).toEqual([
    409,
    expect.stringContaining(`until ${new Date(now + 600_000).toISOString()}`),
  ])
  expect(receiver.connections()).toBe(0)
  expect(await liveKeys(server, webhook)).toBe(3)
})

test('with expectPreviousRefused, a probe reports proven: false if no previous secret is stored', async () => {
  let now = Date.now()
  const server = await startProbeServer({ now: () => now })
  const webhook = await provision(server)
  const first = await newSecret(server, webhook)
  const receiver = await startReceiver(verifiedWith(first))
  await setUrl(server, webhook, receiver.url)
  const missing = {
    signedWith: 'previous',
    keyFingerprint: null,
    expected: 'refused',
    verdict: 'no_previous_secret',
    status: null,
    timeMs: null,
  }
  const never = await probe(server, webhook, { expectPreviousRefused: true })
  expect(never.body).toMatchObject({ proven: false, messages: [{}, {}, missing] })
  expect(receiver.messages).toHaveLength(2)

  await rotate(server, webhook, { overlapSeconds: 0 })
  now += day - 1
  const kept = await probe(server, webhook, { expectPreviousRefused: true })
  expect(kept.body.messages[2]).toMatchObject({ signedWith: 'previous', status: 401 })
  now += 1
  const gone = await probe(server, webhook, { expectPreviousRefused: true })
  expect(gone.body).toMatchObject({ proven: false, messages: [{}, {}, missing] })
})

test('with expectPreviousRefused, a probe skips a previous key whose secret is current again', async () => {
  const server = await startProbeServer()
  const webhook = await provision(server)
  const first = await newSecret(server, webhook)
  const second = await newSecret(server, webhook, { overlapSeconds: 0 })
  await rotate(server, webhook, { overlapSeconds: 0, signingSecret: first })
  const receiver = await startReceiver(verifiedWith(first))
  await setUrl(server, webhook, receiver.url)
  const outcome = await verdictsOf(server, webhook, { expectPreviousRefused: true })
  expect(outcome).toEqual({ proven: true, verdicts: ['accepted', 'refused', 'refused'] })
  expect(receiver.messages.map(verifiedWith(second)).filter((status) => status === 204)).toHaveLength(1)
})
