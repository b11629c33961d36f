import { expect, onTestFinished, test, vi } from 'vitest'
import { RecentMap } from '../src/recent-map.ts'

test('always keeps the newest 50,000 entries, and never more than 100,000', () => {
  const map = new RecentMap<number>(60_000)
  for (let key = 0; key < 140_000; key++) map.set(String(key), key)
  let forgotten = 0
  while (map.get(String(forgotten)) === undefined) forgotten += 1
  expect(forgotten).toBeGreaterThanOrEqual(40_000)
  expect(forgotten).toBeLessThanOrEqual(90_000)
  for (let key = forgotten; key < 140_000; key += 100) expect(map.get(String(key))).toBe(key)
})

test('keeps an entry for keptMs, even while many other entries are set, and drops it later', () => {
  let time = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time)
  onTestFinished(() => {
    clock.mockRestore()
  })
  const map = new RecentMap<string>(1_000)
  map.set('before', 'x')
  time = 900
  map.set('kept', 'x')
  for (; time < 1_900; time += 10) {
    map.set('other', 'x')
    expect(map.get('kept')).toBe('x')
  }
  for (; time < 3_000; time += 10) map.set('other', 'x')
  expect(map.get('kept')).toBeUndefined()
})
