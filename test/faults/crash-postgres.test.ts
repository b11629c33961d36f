import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorTexts } from '../../src/errors.ts'
import { rekey } from '../support/command.ts'
import { CrashLoad, productionEnvironment } from '../support/crash.ts'
import { startPostgres, type PostgresServer } from '../support/postgres-server.ts'
import { provisionWebhooks } from '../support/provision.ts'
import { serve, type ServerProcess } from '../support/serve.ts'
import { temporaryFolder } from '../support/server.ts'

const rounds = 20

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres({ fsync: 'on' })
}, 60_000)
afterAll(() => postgres.remove())

/** Checks every table and index with amcheck. Rejects if a table is corrupt or an index does not match its table. */
async function checkFiles(): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  try {
    await client.query('create extension if not exists amcheck')
    const { rows: heap } = await client.query(
      `select relname, msg from pg_class, verify_heapam(pg_class.oid)
       where relkind = 'r' and relnamespace = 'rekey'::regnamespace`,
    )
    expect(heap).toEqual([])
    await client.query(
      `select bt_index_check(pg_class.oid, true) from pg_class, pg_am
       where relam = pg_am.oid and amname = 'btree' and relkind = 'i' and relpersistence = 'p'`,
    )
  } finally {
    await client.end()
  }
}

test(
  `every returned secret survives ${rounds} crashes of Rekey, PostgreSQL or both under load`,
  { timeout: 300_000 },
  async () => {
    const cwd = temporaryFolder()
    const environment = productionEnvironment(postgres.url)
    const load = new CrashLoad(postgres.url)
    const { random } = load
    let rotated = 0
    let server: ServerProcess | undefined

    for (let round = 0; round < rounds; round++) {
      const running = (server ??= await serve(cwd, environment))
      const webhooks = await provisionWebhooks(running.origin, 5)
      const ending = random.pick(['server', 'postgres', 'both'])
      const crash = async () => {
        await delay(random.below(250))
        if (ending !== 'server') await postgres.stop('immediate')
        if (ending !== 'postgres') await running.stop('SIGKILL')
        if (ending !== 'server') await postgres.start()
        if (ending !== 'postgres') return
        // Rekey must resume rotations without a restart.
        const before = load.rotated
        await expect.poll(() => load.rotated, { timeout: 20_000 }).toBeGreaterThan(before)
      }
      await load.through(crash, running.origin, webhooks)
      rotated += load.rotated
      if (ending !== 'postgres') server = undefined
      if (ending !== 'server') await checkFiles()
      expect(await load.check()).toEqual([])
    }

    await server?.stop('SIGKILL')
    expect(rotated).toBeGreaterThan(rounds)
    await checkFiles()
    const { code, stdout } = await rekey(['audit', 'verify'], { cwd, environment })
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { broken: null }])
    expect(await load.checkAll()).toEqual([])
    const unknown = load.answered.filter(({ status }) => status === 500)
    expect(unknown.filter(({ text }) => !text.includes(errorTexts.outcomeUnknown))).toEqual([])
  },
)
