import { setTimeout as delay } from 'node:timers/promises'
import type { DrillDatabase } from './databases.ts'
import { pick } from './random.ts'
import type { DrillServer } from './servers.ts'

/** Maximum step of a clock, in milliseconds. It is less than half of an overlap, so overlaps stay open. */
const maxStepMs = 3 * 86_400_000
/** How long a frozen server stays frozen. Longer than the deadline for requests, which is 10 s. */
const freezeMs = 12_000

/** A fault that a drill provokes while requests are in progress, and repairs again. */
export interface Disturbance {
  name: string
  /** Whether requests may fail or take long until the disturbance is over. A wrong clock excuses neither. */
  isOutage: boolean
  run: () => Promise<void>
}

/** Lists the faults that fit the database. Each hits one server, or the database. */
export function disturbances(servers: readonly DrillServer[], database: DrillDatabase): Disturbance[] {
  const any = () => pick(servers)
  const restart = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const server = any()
    await server.stop(signal)
    await server.start()
  }
  const step = () => Math.round((2 * Math.random() - 1) * maxStepMs)
  const onServers: Disturbance[] = [
    { name: 'kill -9 of a server', isOutage: true, run: () => restart('SIGKILL') },
    { name: 'SIGTERM of a server', isOutage: true, run: () => restart('SIGTERM') },
    {
      name: 'frozen server (12 s)',
      isOutage: true,
      async run() {
        const server = any()
        server.freeze('SIGSTOP')
        await delay(freezeMs)
        server.freeze('SIGCONT')
      },
    },
    {
      name: 'clock step of up to 3 days',
      isOutage: false,
      async run() {
        any().stepClock(step())
        await delay(2_000)
      },
    },
    {
      name: 'start with a wrong clock',
      isOutage: true,
      async run() {
        const server = any()
        await server.stop('SIGTERM')
        server.stepClock(step())
        await server.start()
      },
    },
  ]
  return [...onServers, ...database.disturbances]
}
