import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { schemes } from '../../src/domain/schemes/schemes.ts'
import { signMessage } from '../../src/domain/signature.ts'
import { parseSigningSecret } from '../../src/domain/signing-secret.ts'
import { listEvents } from '../../src/store/tables/events.ts'
import { rekey } from '../support/command.ts'
import { productionEnvironment } from '../support/crash.ts'
import { findBrokenPromises } from '../support/durability.ts'
import { startPostgres, type PostgresServer } from '../support/postgres-server.ts'
import { provisionWebhooks } from '../support/provision.ts'
import { seededRandom } from '../support/random.ts'
import { rotateUnderLoad, type Attempt } from '../support/rotation-load.ts'
import { serve } from '../support/serve.ts'
import { temporaryFolder } from '../support/server.ts'
import { token } from '../support/tokens.ts'

/** Duration of the load. Set LOAD_SECONDS=20 for a more thorough test. */
const seconds = Number(process.env['LOAD_SECONDS'] ?? 6)
const webhookCount = 20
const clients = 32

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres({ fsync: 'on' })
}, 60_000)
afterAll(() => postgres.remove())

test(
  'three instances under load lose no returned secret and agree on the current key if one is killed and restarted',
  { timeout: 200_000 },
  async () => {
    const cwd = temporaryFolder()
    const environment = productionEnvironment(postgres.url)
    const servers = await Promise.all([1, 2, 3].map(() => serve(cwd, environment)))
    const webhooks = await provisionWebhooks(servers[0]?.origin ?? '', webhookCount)
    const over = new AbortController()
    const answered: Attempt[] = []
    const unanswered: Attempt[] = []
    const load = rotateUnderLoad({
      webhooks,
      clients,
      random: seededRandom(),
      origins: () => servers.map(({ origin }) => origin),
      unanswered,
      answered,
      until: over.signal,
    })
    await delay((seconds * 1_000) / 3)
    await servers[2]?.stop('SIGKILL')
    const atDeath = answered.length
    servers[2] = await serve(cwd, environment)
    const afterStart = answered.length
    await delay((seconds * 2_000) / 3)
    over.abort()
    await load

    const store = await openStore(readConfig(environment).database)
    expect(await findBrokenPromises(store, [...answered, ...unanswered])).toEqual([])
    const counts = Map.groupBy(answered, ({ status }) => status)
    const figures = [...counts].map(([status, { length }]) => `${length} times ${status}`).join(', ')
    console.log(`${figures}; ${unanswered.length} without a response`)
    // A rotation may fail only if its webhook has 10 live keys.
    expect([...counts.keys()].filter((status) => status !== 200 && status !== 409)).toEqual([])
    expect(answered.filter(({ status, text }) => status === 409 && !text.includes('10 live keys'))).toEqual(
      [],
    )
    // The other two instances kept rotating during the restart.
    expect(afterStart).toBeGreaterThan(atDeath)

    for (const webhook of webhooks) {
      const events = await store.read(
        (queries) => listEvents(queries, { ...webhook, before: null, limit: 1 }),
        AbortSignal.timeout(10_000),
      )
      const current = answered.find(({ keyId }) => keyId === events[0]?.key?.id)
      const verdicts = servers.map(({ origin }) => verify(origin, current))
      expect(await Promise.all(verdicts)).toMatchObject(
        verdicts.map(() => ({ valid: true, keyState: 'current' })),
      )
    }
    await store.close()

    const { code, stdout } = await rekey(['audit', 'verify'], { cwd, environment })
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { chains: webhookCount, broken: null }])
  },
)

/** Has an instance verify a message signed with the secret that an attempt returned. */
async function verify(origin: string, attempt: Attempt | undefined): Promise<unknown> {
  const { signingSecret } = JSON.parse(attempt?.text ?? '{}') as { signingSecret: string }
  const { applicationId, webhookId } = attempt?.webhook ?? {}
  const payload = 'a message'
  const message = { id: 'msg_1', timestamp: Math.floor(Date.now() / 1000), payload: Buffer.from(payload) }
  const headers = signMessage(schemes['standard-webhooks'], message, [parseSigningSecret(signingSecret)])
  const url = `${origin}/api/v1/applications/${applicationId}/webhooks/${webhookId}/signatures/verify`
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ headers, payload }),
  })
  return answer.json()
}
