import type { CommandContext } from './command-context.ts'
import { SettledClock } from '../../core/settled-clock.ts'

/** Opens the settled clock of a command. Its warnings go to standard error. */
export function openClock({ store }: CommandContext): Promise<SettledClock> {
  const warn = (_: object, text: string) => process.stderr.write(`${text}\n`)
  return SettledClock.open(store, { now: store.now, uptime: () => performance.now(), logger: { warn } })
}
