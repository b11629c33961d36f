import { expect, test } from 'vitest'
import { SettledClock } from '../../src/core/settled-clock.ts'
import type { Store } from '../../src/store/store.ts'

const start = Date.parse('2026-05-01T12:00:00Z')
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Opens a clock at `start`. @param passed the saved settled time */
async function open(passed = start - minute) {
  const clock = { time: start, uptime: 5_000.75 }
  const warnings: object[] = []
  const store = { readSettledTime: () => Promise.resolve(passed) } as unknown as Store
  const settled = await SettledClock.open(store, {
    now: () => clock.time,
    uptime: () => clock.uptime,
    logger: { warn: (details) => warnings.push(details) },
  })
  /** Lets time pass. @param jump how far the clock is also set forward @returns the settled time relative to `start` */
  const pass = (milliseconds: number, jump = 0) => {
    clock.uptime += milliseconds
    clock.time += milliseconds + jump
    return settled.read() - start
  }
  return { pass, warnings }
}

test('if the saved settled time is at most an hour ago at the start, the settled time is the current time', async () => {
  const { pass, warnings } = await open(start - hour)
  expect(pass(0)).toBe(0)
  expect(pass(minute)).toBe(minute)
  expect(warnings).toEqual([])
})

test('if the saved settled time is more than an hour ago at the start, the settled time becomes the current time after an hour', async () => {
  const { pass } = await open(start - hour - 1)
  expect(pass(0)).toBe(-hour - 1)
  expect(pass(hour - 1)).toBe(-2)
  expect(pass(1)).toBe(hour)
})

test('after a jump forward, the settled time ignores the jump until the clock has been steady for an hour', async () => {
  const { pass, warnings } = await open()
  pass(minute)
  expect(pass(minute, 5 * day)).toBe(2 * minute)
  expect(pass(minute)).toBe(3 * minute)
  expect(warnings).toEqual([{ time: '2026-05-06T12:02:00.000Z', jumpSeconds: (5 * day) / 1000 }])
  expect(pass(hour)).toBe(5 * day + 3 * minute + hour)
  expect(warnings).toHaveLength(1)
})

test('after a jump back, the settled time is never after the current time', async () => {
  const { pass, warnings } = await open()
  expect(pass(minute, -5 * day)).toBe(minute - 5 * day)
  expect(pass(minute, 5 * day)).toBe(2 * minute - 5 * day)
  expect(pass(hour)).toBe(2 * minute + hour)
  expect(warnings).toHaveLength(2)
})

test('the settled time follows a clock that is corrected by at most a minute between two readings', async () => {
  const { pass, warnings } = await open()
  expect(pass(0, minute)).toBe(minute)
  expect(pass(0, -minute)).toBe(0)
  expect(pass(0, minute + 1)).toBe(0)
  expect(warnings).toHaveLength(1)
})
