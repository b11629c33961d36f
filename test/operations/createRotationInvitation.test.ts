import { expect, test } from 'vitest'
import { invite } from '../support/invitations.ts'
import { provision, startServer } from '../support/server.ts'

const body = { expiresInSeconds: 300 }

test('the link of an invitation begins with REKEY_PUBLIC_URL, regardless of the Host header', async () => {
  const server = await startServer({
    environment: { NODE_ENV: 'production', REKEY_PUBLIC_URL: 'https://platform.example/rekey/' },
  })
  const { url } = await invite(server, await provision(server))
  expect(url).toMatch(/^https:\/\/platform\.example\/rekey\/rotate#rki_[\w-]{43}$/)
})

test('outside production, the link of an invitation begins with the address that the server listens on', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }
  const { body: created } = await server.api('POST', `${webhook}/secret/invitations`, { body, headers })
  expect(new URL(created.url).origin).toBe(server.origin)
})

test('in production without REKEY_PUBLIC_URL, creating an invitation returns 409 and names the variable', async () => {
  const server = await startServer({ environment: { NODE_ENV: 'production' } })
  const webhook = await provision(server)
  const path = `${webhook}/secret/invitations` as const
  expect(await server.api('POST', path, { body })).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining('Set REKEY_PUBLIC_URL on the server.') },
  })
  expect((await server.api('GET', path)).body.items).toEqual([])
})

test.each(['none', 'console', 'reference', 'console,reference'])(
  'with REKEY_PAGES=%s, creating an invitation returns 409, because its link would not work',
  async (pages) => {
    const server = await startServer({ environment: { REKEY_PAGES: pages } })
    const webhook = await provision(server)
    expect(await server.api('POST', `${webhook}/secret/invitations`, { body })).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('Add rotate to REKEY_PAGES on the server.') },
    })
    expect((await fetch(`${server.origin}/rotate`)).status).toBe(404)
  },
)
