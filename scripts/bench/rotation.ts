import { join } from 'node:path'
import { startPostgres } from '../../test/support/postgres-server.ts'
import { fastify, limit, mainOf, naive, rekey, rekeyIn } from './contenders.ts'
import { copyOf, createDatabase, fill, migrate } from './databases.ts'
import { tableOf, type Figures, type Settings, type Table } from './figures.ts'
import { interleave, type Turn } from './interleave.ts'
import { load } from './load.ts'
import { hasPgbench, pgbench } from './pgbench.ts'
import { buildPrevious } from './previous.ts'
import { progress } from './progress.ts'
import { startServer } from './server.ts'
import { verifyRotations } from './verify.ts'

/**
 * The number of webhooks, large enough to keep each below the limit of 30 rotations per minute, which stays enabled.
 */
const webhooks = 20_000

/** Measures rotations whose requests have no body, as in the documented samples. */
export async function measureRotation(settings: Settings): Promise<Table> {
  const { folder, rounds, seconds, connections } = settings
  const content = { webhooks, keysEach: 1, liveEach: 1 }
  const previous = buildPrevious()
  progress('rotation: filling the databases')
  const file = join(folder, 'rotation.db')
  const previousFile = join(folder, 'previous.db')
  await fill(`sqlite:${file}`, content)
  await fill(`sqlite:${previousFile}`, content, mainOf(previous))
  const postgres = await startPostgres()
  const databases: Record<string, string> = {
    limit: copyOf(file, 'limit'),
    naive: copyOf(file, 'naive'),
    fastify: copyOf(file, 'fastify'),
    'previous release': `sqlite:${previousFile}`,
    rekey: copyOf(file, 'rekey'),
    'rekey on PostgreSQL': await createDatabase(postgres.url, 'rekey'),
  }
  await fill(databases['rekey on PostgreSQL'] ?? '', content)
  const commands = {
    ...{ limit, naive, fastify, 'previous release': rekeyIn(previous) },
    ...{ rekey, 'rekey on PostgreSQL': rekey },
  }
  const rotated: Record<string, number> = {}
  const servers = await Promise.all(
    Object.entries(commands).map(async ([name, command]) => ({
      name,
      server: await startServer(command, databases[name] ?? ''),
    })),
  )
  const turns = servers.map(({ name, server }): Turn<Figures> => ({
    name,
    measure: async () => {
      const { answers, perSecond, p50Ms, p99Ms } = await load(server.origin, {
        ...{ operation: 'rotate', connections, seconds, webhooks },
      })
      rotated[name] = (rotated[name] ?? 0) + answers
      return { perSecond, p50Ms, p99Ms, memoryMiB: server.memory() }
    },
  }))
  if (hasPgbench()) {
    const url = await createDatabase(postgres.url, 'pgbench')
    await fill(url, content)
    turns.push({
      name: 'pgbench',
      measure: () => pgbench(folder, url, { clients: connections, seconds, webhooks }),
    })
  }
  const samples = await interleave('rotation', rounds, turns)
  for (const { name, server } of servers) {
    progress(`rotation: checking what ${name} wrote`)
    await server.stop()
    // The checks use this version's queries, which the tables of the previous release do not fit.
    if (name === 'previous release') await migrate(databases[name] ?? '')
    await verifyRotations(databases[name] ?? '', webhooks, rotated[name] ?? 0, connections * (rounds + 1))
  }
  await postgres.remove()
  return tableOf(samples)
}
