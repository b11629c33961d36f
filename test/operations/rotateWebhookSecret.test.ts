import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { provision, startServer } from '../support/server.ts'

test('a rotation without a body answers exactly the new secret and its fingerprint', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { status, body, headers } = await server.api('PATCH', `${webhook}/secret`)
  expect(status).toBe(200)
  expect(Object.keys(body).sort()).toEqual(['keyFingerprint', 'signingSecret'])
  expect(body.signingSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const sha256 = createHash('sha256').update(body.signingSecret).digest('hex')
  expect(body.keyFingerprint).toBe(`whsec_****${sha256.slice(0, 4)}`)
  expect(headers.get('cache-control')).toBe('no-store')
})
