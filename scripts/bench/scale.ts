import { join } from 'node:path'
import { limit, rekey } from './contenders.ts'
import { copyOf, fill } from './databases.ts'
import { interleave } from './interleave.ts'
import { load } from './load.ts'
import { progress } from './progress.ts'
import { mapValues, medians, type Result, type Settings } from './rotation.ts'
import { startServer } from './server.ts'

/** Keys per webhook. The live ones are the current key and the one before it. */
const keys = { keysEach: 10, liveEach: 2 }

export interface ScaleSettings extends Settings {
  /** The numbers of keys in the small and the large database. */
  few: number
  many: number
}

type Results = Record<string, Result>

export interface ScaleResult {
  /** Signatures of 1 KiB payloads with two live keys. */
  signing: Results
  rotation: Results
}

/** Measures signing and rotation with few and with many stored keys. */
export async function measureScale(settings: ScaleSettings): Promise<ScaleResult> {
  const { folder, few, many } = settings
  const bases: Base[] = []
  for (const count of [few, many]) {
    progress(`scale: filling a database with ${count} keys`)
    const base = { keys: count, webhooks: count / keys.keysEach, file: join(folder, `${count}.db`) }
    await fill(`sqlite:${base.file}`, { webhooks: base.webhooks, ...keys })
    bases.push(base)
  }
  return { signing: await signing(settings, bases), rotation: await rotation(settings, bases) }
}

interface Base {
  keys: number
  webhooks: number
  file: string
}

async function signing({ rounds, seconds, connections }: Settings, bases: Base[]): Promise<Results> {
  const contenders = bases.flatMap((base, index) => [
    ...(index === 0 ? [{ name: `limit, ${base.keys} keys`, command: limit, base }] : []),
    { name: `rekey, ${base.keys} keys`, command: rekey, base },
  ])
  const servers = await Promise.all(
    contenders.map(async ({ name, command, base }) => {
      return { name, base, server: await startServer(command, copyOf(base.file, name.replace(/\W+/g, '-'))) }
    }),
  )
  const samples = await interleave(
    'signing',
    rounds,
    servers.map(({ name, base: { webhooks }, server }) => ({
      name,
      measure: async () => {
        const sample = await load(server.origin, { operation: 'sign', connections, seconds, webhooks })
        return { ...sample, memoryMiB: server.memory() }
      },
    })),
  )
  for (const { server } of servers) await server.stop()
  return mapValues(samples, medians)
}

/**
 * Measures rotations. They add keys, so every round starts with a new copy of a small database. A large database is
 * copied only once, because the added keys hardly change its size.
 */
async function rotation({ rounds, seconds, connections }: Settings, bases: Base[]): Promise<Results> {
  const large = bases.map(({ file, keys }) => (keys > 100_000 ? copyOf(file, 'rotation') : undefined))
  const turns = bases.map(({ keys, webhooks, file }, index) => ({
    name: `rekey, ${keys} keys`,
    measure: async () => {
      // In a small database, each webhook is rotated more often than the default limit allows.
      const server = await startServer(rekey, large[index] ?? copyOf(file, 'rotation'), {
        REKEY_ROTATIONS_PER_MINUTE: '0',
      })
      const what = { operation: 'rotate', connections, webhooks } as const
      await load(server.origin, { ...what, seconds: 1 })
      const sample = await load(server.origin, { ...what, seconds })
      const memoryMiB = server.memory()
      await server.stop()
      return { ...sample, memoryMiB }
    },
  }))
  return mapValues(await interleave('rotation at scale', rounds, turns), medians)
}
