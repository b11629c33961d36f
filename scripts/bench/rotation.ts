import { join } from 'node:path'
import { startPostgres } from '../../test/support/postgres-server.ts'
import { fastify, limit, naive, rekey } from './contenders.ts'
import { copyOf, createDatabase, fill } from './databases.ts'
import { interleave, median, type Turn } from './interleave.ts'
import { load, type Sample } from './load.ts'
import { hasPgbench, pgbench } from './pgbench.ts'
import { progress } from './progress.ts'
import { startServer } from './server.ts'
import { verifyRotations } from './verify.ts'

export interface Settings {
  /** The folder for temporary databases. */
  folder: string
  rounds: number
  /** How long each contender is measured in a round. */
  seconds: number
  connections: number
}

/** A contender's medians over all rounds. */
export interface Result {
  perSecond: number
  p50Ms: number
  /** NaN for pgbench, which reports only averages. */
  p99Ms: number
  /** Resident memory under load; NaN for pgbench. */
  memoryMiB: number
}

interface MeasuredSample extends Sample {
  memoryMiB: number
}

/**
 * The number of webhooks, large enough to keep each below the limit of 30 rotations per minute, which stays enabled.
 */
const webhooks = 20_000

/** Measures rotations whose requests have no body, as in the documented samples. */
export async function measureRotation(settings: Settings): Promise<Record<string, Result>> {
  const { folder, rounds, seconds, connections } = settings
  const content = { webhooks, keysEach: 1, liveEach: 1 }
  progress('rotation: filling the databases')
  const file = join(folder, 'rotation.db')
  await fill(`sqlite:${file}`, content)
  const postgres = await startPostgres()
  const databases: Record<string, string> = {
    limit: copyOf(file, 'limit'),
    naive: copyOf(file, 'naive'),
    fastify: copyOf(file, 'fastify'),
    rekey: copyOf(file, 'rekey'),
    'rekey on PostgreSQL': await createDatabase(postgres.url, 'rekey'),
  }
  await fill(databases['rekey on PostgreSQL'] ?? '', content)
  const commands = { limit, naive, fastify, rekey, 'rekey on PostgreSQL': rekey }
  const rotated: Record<string, number> = {}
  const servers = await Promise.all(
    Object.entries(commands).map(async ([name, command]) => ({
      name,
      server: await startServer(command, databases[name] ?? ''),
    })),
  )
  const turns = servers.map(({ name, server }): Turn<MeasuredSample> => ({
    name,
    measure: async () => {
      const sample = await load(server.origin, { operation: 'rotate', connections, seconds, webhooks })
      rotated[name] = (rotated[name] ?? 0) + sample.answers
      return { ...sample, memoryMiB: server.memory() }
    },
  }))
  if (hasPgbench()) {
    const url = await createDatabase(postgres.url, 'pgbench')
    await fill(url, content)
    turns.push({
      name: 'pgbench',
      measure: async () => ({
        ...(await pgbench(folder, url, { clients: connections, seconds, webhooks })),
        memoryMiB: NaN,
      }),
    })
  }
  const samples = await interleave('rotation', rounds, turns)
  for (const { name, server } of servers) {
    progress(`rotation: checking what ${name} wrote`)
    await server.stop()
    await verifyRotations(databases[name] ?? '', webhooks, rotated[name] ?? 0, connections * (rounds + 1))
  }
  await postgres.remove()
  return mapValues(samples, medians)
}

export function medians(samples: MeasuredSample[]): Result {
  const of = (read: (sample: MeasuredSample) => number) => median(samples.map(read))
  return {
    perSecond: of(({ perSecond }) => perSecond),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    memoryMiB: of(({ memoryMiB }) => memoryMiB),
  }
}

export function mapValues<A, B>(record: Record<string, A>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}
