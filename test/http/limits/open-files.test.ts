import { expect, test } from 'vitest'
import { connectionLimit } from '../../../src/http/limits/open-files.ts'

test.each([
  [Infinity, 4_096],
  [20_000, 4_096],
  [1_024, 896],
  [200, 72],
  [100, 25],
])('a process that may open %d files keeps at most %d connections open', (openFiles, connections) => {
  expect(connectionLimit(openFiles)).toBe(connections)
})
