import { setTimeout as delay } from 'node:timers/promises'
import type { DrillDatabase } from './databases.ts'
import { pick } from './random.ts'
import type { DrillServer } from './servers.ts'

/**
 * Maximum error of a server's clock, in milliseconds. Even a step from one extreme to the other is shorter than an
 * overlap, so no overlap expires early.
 */
const maxStepMs = 3 * 86_400_000
/** How long a server stays frozen, in milliseconds. Longer than the request deadline of 10 s. */
const freezeMs = 12_000

/** A fault that a drill provokes while requests are in progress, and then repairs. */
export interface Disturbance {
  name: string
  /** Whether requests may fail or be slow during the disturbance. A wrong clock alone must cause neither. */
  isOutage: boolean
  run: () => Promise<void>
}

/** Lists the disturbances that are possible with the database. Each affects either one server or the database. */
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
