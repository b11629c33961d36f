import { expect, onTestFinished, test, vi } from 'vitest'
import { EventCounts } from '../src/event-counts.ts'

/** Replaces the clock. @returns a function that advances it by milliseconds */
function fakeClock() {
  let time = 1_000
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time)
  onTestFinished(() => {
    clock.mockRestore()
  })
  return (milliseconds: number) => (time += milliseconds)
}

const limit = { points: 2, duration: 60 }

test('returns the milliseconds until the window ends once a key is over the limit, and starts again at 0 after that', () => {
  const advance = fakeClock()
  const counts = new EventCounts(limit)
  expect(counts.count('a')).toBeNull()
  advance(20_000)
  expect(counts.count('a')).toBeNull()
  expect(counts.count('a')).toBe(40_000)
  expect(counts.count('b')).toBeNull()
  advance(39_999)
  expect(counts.count('a')).toBe(1)
  advance(1)
  expect(counts.count('a')).toBeNull()
  expect(counts.count('a')).toBeNull()
  expect(counts.count('a')).toBe(60_000)
})

test('a key keeps its window while other keys come and go', () => {
  const advance = fakeClock()
  const counts = new EventCounts(limit)
  for (let second = 0; second < 300; second++) {
    counts.count(`other ${second}`)
    const waitMs = counts.count('a')
    if (second % 60 < 2) expect(waitMs).toBeNull()
    else expect(waitMs).toBe((60 - (second % 60)) * 1_000)
    advance(1_000)
  }
})
