import { join } from 'node:path'
import { rekey } from './contenders.ts'
import { copyOf, fill } from './databases.ts'
import { tableOf, type Figures, type Settings, type Table } from './figures.ts'
import { interleave } from './interleave.ts'
import { progress } from './progress.ts'
import { startServer } from './server.ts'
import { measure } from './signing.ts'

/** Keys per webhook. The live ones are the current key and the one before it. */
const keys = { keysEach: 10, liveEach: 2 }

export interface Base {
  name: string
  webhooks: number
  file: string
}

/** Fills a database for each number of keys. A run fills the large one only once. */
export async function fillBases({ folder, few, many }: Settings): Promise<Base[]> {
  const bases = [few, many].map((count) => ({
    ...{
      name: `rekey, ${count} keys`,
      count,
      webhooks: count / keys.keysEach,
      file: join(folder, `${count}.db`),
    },
  }))
  for (const { count, webhooks, file } of bases) {
    progress(`scale: filling a database with ${count} keys`)
    await fill(`sqlite:${file}`, { webhooks, ...keys })
  }
  return bases
}

/** Measures signatures of 1 KiB payloads with two live keys, with few and with many stored keys. */
export async function measureSignaturesAtScale(settings: Settings, bases: Base[]): Promise<Table> {
  const { rounds, seconds, connections } = settings
  const servers = await Promise.all(
    bases.map(async ({ file, ...base }) => ({
      ...base,
      server: await startServer(rekey, copyOf(file, 'signing')),
    })),
  )
  const samples = await interleave(
    'signing at scale',
    rounds,
    servers.map(({ name, webhooks, server }) => ({
      name,
      measure: () => measure(server, { operation: 'sign', connections, seconds, webhooks }),
    })),
  )
  for (const { server } of servers) await server.stop()
  return tableOf(samples)
}

/**
 * Measures rotations. They add keys, so every round starts with a new copy of a small database. A large database is
 * copied only once, because the added keys hardly change its size.
 */
export async function measureRotationsAtScale(settings: Settings, [small, large]: Base[]): Promise<Table> {
  const { rounds, seconds, connections } = settings
  const largeUrl = large && copyOf(large.file, 'rotation')
  const rotate = async ({ webhooks }: Base, url: string): Promise<Figures> => {
    // In a small database, each webhook is rotated more often than the default limit allows.
    const server = await startServer(rekey, url, { REKEY_ROTATIONS_PER_MINUTE: '0' })
    const what = { operation: 'rotate', connections, webhooks } as const
    await measure(server, { ...what, seconds: 1 })
    const figures = await measure(server, { ...what, seconds })
    await server.stop()
    return figures
  }
  const turns = [
    ...(small ? [{ name: small.name, measure: () => rotate(small, copyOf(small.file, 'rotation')) }] : []),
    ...(large && largeUrl ? [{ name: large.name, measure: () => rotate(large, largeUrl) }] : []),
  ]
  return tableOf(await interleave('rotation at scale', rounds, turns))
}
