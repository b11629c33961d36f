import type { FeedPlace } from '../../store/tables/event-feed.ts'

/** Digits of an event's hash in a cursor. They reveal that a restored database has another event at its position. */
const hashDigits = 8

/** Formats a place in the feed as the text of a cursor. */
export function toPlaceText({ position, hash }: FeedPlace): string {
  return `${position}-${hash.slice(0, hashDigits)}`
}

/** Parses the text of a cursor. @returns undefined if the feed never returned such a cursor */
export function readPlaceText(text: string): FeedPlace | undefined {
  const [, position, hash] = /^(0|[1-9]\d{0,14})-([0-9a-f]{8})$/.exec(text) ?? []
  return position === undefined || hash === undefined ? undefined : { position: Number(position), hash }
}
