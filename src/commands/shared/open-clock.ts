import type { CommandContext } from './command-context.ts'
import { warn } from './warn.ts'
import { SettledClock } from '../../core/settled-clock.ts'

/** Opens the settled clock of a command. Its warnings go to standard error. */
export function openClock({ store }: CommandContext): Promise<SettledClock> {
  return SettledClock.open(store, { now: store.now, uptime: () => performance.now(), logger: { warn } })
}
