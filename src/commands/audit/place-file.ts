import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { feedStart } from '../../operations/shared/event-feed.ts'
import { readPlaceText, toPlaceText } from '../../operations/shared/feed-cursor.ts'
import type { FeedPlace } from '../../store/tables/event-feed.ts'
import { flushFolder } from '../shared/own-file.ts'

/**
 * Reads the place from which to follow the feed. If the file does not exist, returns the start of the feed.
 * @throws Error if the file has any other content
 */
export function readPlace(file: string): FeedPlace {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return feedStart
    throw error
  }
  const place = readPlaceText(text.trim())
  if (!place)
    throw new Error(
      `${file} has no place that rekey audit follow saved; to start from the first event, remove it`,
    )
  return place
}

/** Replaces the file at once: after a crash or a power loss, it has either the old place or the new one. */
export function savePlace(file: string, place: FeedPlace): void {
  const temporary = `${file}.new`
  const { O_CREAT, O_WRONLY, O_TRUNC, O_NOFOLLOW } = constants
  const descriptor = openSync(temporary, O_CREAT | O_WRONLY | O_TRUNC | O_NOFOLLOW, 0o600)
  try {
    writeSync(descriptor, `${toPlaceText(place)}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(temporary, file)
  flushFolder(dirname(resolve(file)))
}
