import { setTimeout as delay } from 'node:timers/promises'
import { startPostgres } from '../../test/support/postgres-server.ts'
import { rekey } from './contenders.ts'
import { createDatabase, fill } from './databases.ts'
import { tableOf, type Figures, type Settings, type Table } from './figures.ts'
import { interleave, type Turn } from './interleave.ts'
import { load, type LoadOperation } from './load.ts'
import { hasNginx, startNginx } from './nginx.ts'
import { progress } from './progress.ts'
import { startServer, type ServerProcess } from './server.ts'

const webhooks = 20_000
const operations = { signatures: 'sign', rotations: 'rotate' } as const

/**
 * Measures one and three instances on one PostgreSQL server behind nginx, and three of which one is killed half a
 * second after the load begins. A request in progress on the killed instance fails.
 */
export async function measureInstances(settings: Settings): Promise<Table> {
  if (!hasNginx()) return {}
  const { folder, rounds, seconds, connections } = settings
  progress('instances: filling the database')
  const postgres = await startPostgres()
  const url = await createDatabase(postgres.url, 'instances')
  await fill(url, { webhooks, keysEach: 2, liveEach: 2 })
  const start = () => startServer(rekey, url, { REKEY_ROTATIONS_PER_MINUTE: '0' })
  const [lone, first, second] = [await start(), await start(), await start()]
  const alone = await startNginx(`${folder}/alone`, [lone.origin])
  const measure = async (
    origin: string,
    servers: ServerProcess[],
    operation: LoadOperation,
    mayFail = false,
  ): Promise<Figures> => {
    const cpu = () => servers.reduce((sum, server) => sum + server.cpu(), 0)
    const before = cpu()
    const { answers, ...sample } = await load(origin, { operation, connections, seconds, webhooks, mayFail })
    return { ...sample, cpuMicroseconds: mayFail ? NaN : (cpu() - before) / answers }
  }
  /** Starts a third instance and nginx in front of all three, so that the third one can be killed. */
  const ofThree = async (operation: LoadOperation, isKilled: boolean): Promise<Figures> => {
    const third = await start()
    const servers = [first, second, third]
    const proxy = await startNginx(
      `${folder}/three`,
      servers.map(({ origin }) => origin),
    )
    const killed = isKilled && delay(500).then(() => third.stop('SIGKILL'))
    const figures = await measure(proxy.origin, servers, operation, isKilled)
    await killed
    await proxy.stop()
    if (!isKilled) await third.stop()
    return figures
  }
  const samples: Record<string, Figures[]> = {}
  // Not interleaved with each other, because a rotation leaves a webhook with one key.
  for (const [what, operation] of Object.entries(operations)) {
    const turns: Turn<Figures>[] = [
      { name: `${what}, 1 instance`, measure: () => measure(alone.origin, [lone], operation) },
      { name: `${what}, 3 instances`, measure: () => ofThree(operation, false) },
      { name: `${what}, 3 instances, 1 killed`, measure: () => ofThree(operation, true) },
    ]
    Object.assign(samples, await interleave(`instances: ${what}`, Math.ceil(rounds / 2), turns))
  }
  await alone.stop()
  for (const server of [lone, first, second]) await server.stop()
  await postgres.remove()
  return tableOf(samples)
}
