import { join } from 'node:path'
import { hmac, limit, mainOf, rekey, rekeyIn } from './contenders.ts'
import { copyOf, fill, runNode } from './databases.ts'
import { tableOf, type Figures, type Settings, type Table } from './figures.ts'
import { interleave } from './interleave.ts'
import { load, type Load } from './load.ts'
import { applications } from './owners.ts'
import { buildPrevious } from './previous.ts'
import { progress } from './progress.ts'
import { startServer, type ServerProcess } from './server.ts'

const fanOut = 100
const webhooks = applications * fanOut

/** Measures signatures of 1 KiB with two live keys: one per request, and a fan-out of 100 per request. */
export async function measureSigning({ folder, rounds, seconds, connections }: Settings): Promise<Table> {
  const previous = buildPrevious()
  progress('signing: filling the databases')
  const content = { webhooks, keysEach: 2, liveEach: 2 }
  const file = join(folder, 'signing.db')
  const previousUrl = `sqlite:${join(folder, 'previous-signing.db')}`
  await fill(`sqlite:${file}`, content)
  await fill(previousUrl, content, mainOf(previous))
  const servers = {
    limit: await startServer(limit, copyOf(file, 'limit')),
    'previous release': await startServer(rekeyIn(previous), previousUrl),
    rekey: await startServer(rekey, copyOf(file, 'rekey')),
  }
  const one: Load = { operation: 'sign', connections, seconds, webhooks }
  const turns = Object.entries(servers).map(([name, server]) => ({
    name,
    measure: () => measure(server, one),
  }))
  const samples = await interleave('signing', rounds, [
    ...turns,
    {
      name: `rekey, fan-outs of ${fanOut}`,
      measure: () => measure(servers.rekey, { ...one, operation: 'fan-out', fanOut }),
    },
    { name: 'HMACs in process', measure: () => computeInProcess(seconds) },
  ])
  for (const server of Object.values(servers)) await server.stop()
  return tableOf(samples)
}

/** Measures a server under a load. A fan-out counts as many signatures. */
export async function measure(server: ServerProcess, what: Load): Promise<Figures> {
  const cpu = server.cpu()
  const { answers, perSecond, p50Ms, p99Ms } = await load(server.origin, what)
  const each = what.fanOut ?? 1
  return {
    ...{ perSecond: perSecond * each, p50Ms, p99Ms, memoryMiB: server.memory() },
    cpuMicroseconds: (server.cpu() - cpu) / (answers * each),
  }
}

async function computeInProcess(seconds: number): Promise<Figures> {
  return JSON.parse(await runNode([...hmac, String(seconds)], '')) as Figures
}
