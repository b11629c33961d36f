import { expect, test } from 'vitest'
import { eventsRead, knownSince } from '../../../src/web/console/attention.ts'
import type { FeedEvent } from '../../../src/web/console/state.ts'

const now = Date.parse('2026-06-15T12:00:00Z')
const hourMs = 3_600_000

/** Returns events of which each is an hour older than the previous one. */
function hourly(type: FeedEvent['type'], count: number): FeedEvent[] {
  return Array.from(
    { length: count },
    (_, index) => ({ type, at: new Date(now - index * hourMs).toISOString() }) as FeedEvent,
  )
}

test('the home vouches for 7 days, or for the time that the events it has read cover', () => {
  const week = now - 7 * 24 * hourMs
  expect(knownSince([], now)).toBe(week)
  expect(knownSince(hourly('receiver.probed', eventsRead - 1), now)).toBe(week)
  const probes = hourly('receiver.probed', eventsRead)
  expect(knownSince([...probes, ...hourly('overlap.expired', 2)], now)).toBe(now - 99 * hourMs)
})
