import { expect, test } from 'vitest'
import { faultsOf, growthOf, readSample, type Sample } from '../../scripts/soak/memory.ts'

const mib = 2 ** 20

/** Returns ten minutes of samples. `heap` and `rss` return the bytes in use after `seconds`. */
function samplesOf(heap: (seconds: number) => number, rss: (seconds: number) => number): Sample[] {
  return Array.from({ length: 120 }, (_, i) => ({ seconds: 5 * (i + 1), heap: heap(5 * i), rss: rss(5 * i) }))
}

/** Returns the size of a heap that grows for 30 seconds, until a garbage collection shrinks it. */
const sawtooth = (seconds: number) => (40 + (seconds % 30)) * mib

test('accepts a fluctuating heap if total memory has stopped growing', () => {
  const rss = (seconds: number) => (seconds < 250 ? 200 + seconds / 5 : 250) * mib
  expect(faultsOf(samplesOf(sawtooth, rss), 300)).toEqual([])
})

test('detects a leak in a fluctuating heap', () => {
  const leaking = samplesOf(
    (seconds) => sawtooth(seconds) + seconds * 20_000,
    () => 300 * mib,
  )
  expect(faultsOf(leaking, 300)).toEqual(['heap grew by more than 10% after the warm-up'])
  expect(growthOf(leaking, 'heap', 300).perMinute).toBeCloseTo(60 * 20_000, -3)
})

test('reports growth outside the heap, and a process that exceeds 512 MiB', () => {
  const growing = samplesOf(sawtooth, (seconds) => 300 * mib + seconds * 150_000)
  expect(faultsOf(growing, 300)).toEqual(['rss grew by more than 10% after the warm-up'])
  expect(
    faultsOf(
      samplesOf(sawtooth, () => 600 * mib),
      300,
    ),
  ).toEqual(['rss exceeded 512 MiB'])
})

test('rejects too few samples, and a metrics response without a required metric', () => {
  expect(() => faultsOf(samplesOf(sawtooth, sawtooth).slice(0, 70), 300)).toThrow('too few')
  const metrics = 'process_resident_memory_bytes 1048576\nnodejs_heap_size_used_bytes 5.2e+7\n'
  expect(readSample(metrics, 5)).toEqual({ seconds: 5, rss: mib, heap: 52_000_000 })
  expect(() => readSample('process_resident_memory_bytes 1\n', 5)).toThrow('no nodejs_heap_size_used_bytes')
})
