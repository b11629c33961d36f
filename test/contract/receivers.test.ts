import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { expect, test } from 'vitest'
import type { WebhookPath } from '../support/documented-body.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

async function sign(server: TestServer, webhook: WebhookPath, body: object) {
  return (await server.api('POST', `${webhook}/signatures`, { body })).body.headers
}

test(
  'third-party libraries verify messages with the new secret and, during the overlap, with the old secret',
  { timeout: 60_000 },
  async () => {
    const server = await startServer()
    const webhook = await provision(server)
    const old = (await server.api('PATCH', `${webhook}/secret`)).body.signingSecret
    const fresh = (await server.api('PATCH', `${webhook}/secret`)).body.signingSecret
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (payload) => {
        const headers = await sign(server, webhook, { payload: JSON.stringify(payload) })
        for (const secret of [old, fresh]) {
          new Webhook(secret).verify(JSON.stringify(payload), headers)
          new SvixWebhook(secret).verify(JSON.stringify(payload), headers)
        }
        expect(() => new Webhook(fresh).verify(`${JSON.stringify(payload)} `, headers)).toThrow()
      }),
      { numRuns: 2000 },
    )
    await server.api('DELETE', `${webhook}/secret/previous`)
    const headers = await sign(server, webhook, { payload: '{}' })
    new Webhook(fresh).verify('{}', headers)
    expect(() => new Webhook(old).verify('{}', headers)).toThrow()
  },
)
