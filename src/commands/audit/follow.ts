import { setTimeout as delay } from 'node:timers/promises'
import { readFeed } from '../../operations/shared/event-feed.ts'
import { toFeedEvent } from '../../operations/shared/representations.ts'
import type { CommandContext } from '../shared/command-context.ts'
import { endUnfinishedLine, writeLines } from './line-output.ts'
import { readPlace, savePlace } from './place-file.ts'

const pageSize = 100
const intervalMs = 1_000

/**
 * Prints every event as a line of JSON, first those since the saved place, then new ones, until `interrupted` aborts.
 * Saves the place after the lines before it are written, so a process that is killed loses no event, and can print up to
 * a page of them once more when it continues.
 * @param file the file with the place
 */
export async function follow(
  { store, deadline }: CommandContext,
  file: string,
  interrupted: AbortSignal,
): Promise<void> {
  let after = readPlace(file)
  await endUnfinishedLine()
  while (!interrupted.aborted) {
    const query = { applications: '*', type: undefined, after, limit: pageSize } as const
    const { events, next } = await readFeed({ store, signal: deadline() }, query)
    if (next.position === after.position) {
      await delay(intervalMs, undefined, { signal: interrupted }).catch(() => undefined)
      continue
    }
    await writeLines(events.map((event) => JSON.stringify(toFeedEvent(event))))
    savePlace(file, next)
    after = next
  }
}
