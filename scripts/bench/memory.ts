import { join } from 'node:path'
import { mainOf, rekey, rekeyIn } from './contenders.ts'
import { copyOf, fill } from './databases.ts'
import { tableOf, type Settings, type Table } from './figures.ts'
import { interleave } from './interleave.ts'
import { applications } from './owners.ts'
import { buildPrevious } from './previous.ts'
import { startServer } from './server.ts'
import { measure } from './signing.ts'

const webhooks = applications * 100

/** Measures resident memory while clients on 64 and on 512 connections ask for signatures. */
export async function measureMemory({ folder, rounds, seconds }: Settings): Promise<Table> {
  const previous = buildPrevious()
  const content = { webhooks, keysEach: 2, liveEach: 2 }
  const file = join(folder, 'memory.db')
  const previousUrl = `sqlite:${join(folder, 'previous-memory.db')}`
  await fill(`sqlite:${file}`, content)
  await fill(previousUrl, content, mainOf(previous))
  const names = ['previous release', 'rekey'] as const
  const servers = await Promise.all(
    names.flatMap((name) =>
      [64, 512].map(async (connections) => ({
        name: `${name}, ${connections} connections`,
        connections,
        server: await (name === 'rekey'
          ? startServer(rekey, copyOf(file, String(connections)))
          : startServer(rekeyIn(previous), copyOf(previousUrl.slice('sqlite:'.length), String(connections)))),
      })),
    ),
  )
  const samples = await interleave(
    'memory',
    Math.ceil(rounds / 2),
    servers.map(({ name, connections, server }) => ({
      name,
      measure: () => measure(server, { operation: 'sign', connections, seconds, webhooks }),
    })),
  )
  for (const { server } of servers) await server.stop()
  return tableOf(samples)
}
