import { join } from 'node:path'
import { rekey } from './contenders.ts'
import { fill } from './databases.ts'
import { tableOf, type Figures, type Settings, type Table } from './figures.ts'
import { interleave } from './interleave.ts'
import { load, type Load } from './load.ts'
import { applications } from './owners.ts'
import { progress } from './progress.ts'
import { startServer } from './server.ts'

const fanOut = 1_000
const webhooks = applications * fanOut

/** Measures signatures, one at a time, while others keep the server busy. */
export async function measureLatency({ folder, rounds, seconds, connections }: Settings): Promise<Table> {
  progress('latency: filling the database')
  const url = `sqlite:${join(folder, 'latency.db')}`
  await fill(url, { webhooks, keysEach: 2, liveEach: 2 })
  const { origin, stop } = await startServer(rekey, url, { REKEY_ROTATIONS_PER_MINUTE: '0' })
  const sign = { operation: 'sign', connections: 1, seconds, webhooks, byTenant: true } as const
  const beside = async (others?: Load): Promise<Figures> => {
    // The other clients start first and stop last.
    const busy = others && load(origin, { ...others, seconds: seconds + 1 })
    await new Promise((resolve) => setTimeout(resolve, busy ? 500 : 0))
    const { perSecond, p50Ms, p99Ms } = await load(origin, sign)
    await busy
    return { perSecond, p50Ms, p99Ms }
  }
  const fan = { ...sign, operation: 'fan-out', fanOut } as const
  const samples = await interleave('latency', rounds, [
    { name: 'alone', measure: () => beside() },
    {
      name: `while a fleet rotates on ${connections} connections`,
      measure: () => beside({ ...sign, operation: 'rotate', connections }),
    },
    { name: `while another tenant signs for ${fanOut} webhooks at a time`, measure: () => beside(fan) },
    {
      name: `while another tenant does so on 8 connections`,
      measure: () => beside({ ...fan, connections: 8 }),
    },
  ])
  await stop()
  return tableOf(samples)
}
