import { expect, test } from 'vitest'
import { generateSigningSecret } from '../../src/domain/signing-secret.ts'
import { execute } from './database.ts'
import { findSecrets } from './secret-search.ts'
import { provision, startServer } from './server.ts'

const secrets = Array.from({ length: 1_000 }, () => generateSigningSecret())
const secret = secrets[567] ?? ''
const key = Buffer.from(secret.slice('whsec_'.length), 'base64')

test.each([
  ['as returned', secret],
  ['without its prefix', secret.slice('whsec_'.length)],
  ['without its padding', secret.slice(0, -1)],
  ['in base64url', key.toString('base64url')],
  ['in hexadecimal', key.toString('hex')],
  ['base64-encoded twice', Buffer.from(secret).toString('base64')],
  ['as raw bytes', key],
])('finds one of a thousand secrets when it is stored %s', (_, stored) => {
  const found = (haystack: Buffer) =>
    new Set(findSecrets(secrets, haystack).map((place) => place.split(' in ')[0]))
  const noise = Buffer.from('{"whsec_****": "whsec_"}'.repeat(1_000))
  const bytes = Buffer.from(stored)
  for (const haystack of [Buffer.concat([noise, bytes, noise]), bytes, Buffer.concat([noise, bytes])])
    expect(found(haystack)).toEqual(new Set(['secret 567']))
  expect(found(noise).size).toBe(0)
  expect(found(bytes.subarray(0, -10)).size).toBe(0)
})

test.fails(
  'a server that stores a secret in plaintext fails the test in which the secret was issued',
  async () => {
    const server = await startServer()
    const webhook = await provision(server)
    const { body } = await server.api('PATCH', `${webhook}/secret`)
    await execute(server.databaseUrl, `update signing_keys set reason = '${body.signingSecret}'`)
  },
)

test.fails('a server that logs a secret fails the test in which the secret was issued', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { body } = await server.api('PATCH', `${webhook}/secret`)
  server.logs.push({ msg: `rotated to ${body.signingSecret}` })
})
