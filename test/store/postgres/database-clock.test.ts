import { expect, onTestFinished, test, vi } from 'vitest'
import { DatabaseClock } from '../../../src/store/postgres/database-clock.ts'

const day = 86_400_000

/** Creates a clock. `observe` passes it the server's time, as a response that took `roundTripMs` does. */
function newClock() {
  let uptime = 1_000
  const monotonic = vi.spyOn(performance, 'now').mockImplementation(() => uptime)
  onTestFinished(() => {
    monotonic.mockRestore()
  })
  const refresh = vi.fn()
  const clock = new DatabaseClock(refresh)
  const observe = (time: number, roundTripMs: number) => {
    const sentAt = uptime
    uptime += roundTripMs
    clock.observe(time, sentAt)
  }
  return { clock, observe, refresh, pass: (milliseconds: number) => (uptime += milliseconds) }
}

test("follows the server's clock, even if this machine's clock differs by days, and advances with the monotonic clock", () => {
  const { clock, observe, pass } = newClock()
  const time = Date.now() + 5 * day
  observe(time, 10)
  expect(clock.now()).toBe(time + 5)
  pass(60_000)
  expect(clock.now()).toBe(time + 5 + 60_000)
})

test("rereads the server's clock once after this machine's clock has jumped", () => {
  const machine = vi.spyOn(Date, 'now').mockReturnValue(day)
  onTestFinished(() => {
    machine.mockRestore()
  })
  const { clock, observe, refresh } = newClock()
  observe(day, 0)
  machine.mockReturnValue(day + 1_000)
  expect([clock.now(), refresh.mock.calls.length]).toEqual([day, 0])
  machine.mockReturnValue(2 * day)
  expect([clock.now(), refresh.mock.calls.length]).toEqual([day, 1])
  observe(2 * day, 0)
  expect([clock.now(), refresh.mock.calls.length]).toEqual([2 * day, 1])
})

test('a slow response does not make the time less accurate', () => {
  const { clock, observe, pass } = newClock()
  observe(day, 2)
  const known = clock.now()
  observe(day + 100, 10_000)
  expect(clock.now()).toBe(known + 10_000)
  pass(5)
  observe(day + 10_006, 1)
  expect(clock.now()).toBe(day + 10_007)
})

test("follows each change of the server's clock with the next response", () => {
  const { clock, observe } = newClock()
  observe(10 * day, 2)
  observe(9 * day, 2)
  expect(clock.now()).toBe(9 * day + 1)
})
