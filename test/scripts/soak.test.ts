import { expect, test } from 'vitest'
import { faultsOf, growthOf, readSample, type Sample } from '../../scripts/soak/memory.ts'

const mib = 2 ** 20

/** Ten minutes of samples, in which the parts have these sizes at a second, and the process is as large as they say. */
function samplesOf(
  heap: (seconds: number) => number,
  native: (seconds: number) => number,
  rss: (seconds: number) => number = native,
): Sample[] {
  return Array.from({ length: 120 }, (_, i) => {
    const seconds = 5 * i
    return { seconds: seconds + 5, heap: heap(seconds), native: native(seconds), rss: rss(seconds) }
  })
}

/** Between two collections the heap fills up. */
const sawtooth = (seconds: number) => (40 + (seconds % 30)) * mib

test('a heap that fills and is emptied again, in a process that has reached its size, is flat', () => {
  const native = (seconds: number) => (seconds < 250 ? 50 + seconds / 5 : 100) * mib
  const rss = (seconds: number) => (seconds < 400 ? 250 : 400) * mib
  expect(faultsOf(samplesOf(sawtooth, native, rss), 300)).toEqual([])
})

test('what is never collected shows, however the heap goes up and down', () => {
  const leaking = samplesOf(
    (seconds) => sawtooth(seconds) + seconds * 20_000,
    () => 300 * mib,
  )
  expect(faultsOf(leaking, 300)).toEqual(['heap memory grew by more than 10 % after the warm-up'])
  expect(growthOf(leaking, 'heap', 300).perMinute).toBeCloseTo(60 * 20_000, -3)
})

test('memory outside of the heap shows too, and so does a process that is too large', () => {
  const growing = samplesOf(sawtooth, (seconds) => 300 * mib + seconds * 150_000)
  expect(faultsOf(growing, 300)).toEqual(['native memory grew by more than 10 % after the warm-up'])
  expect(
    faultsOf(
      samplesOf(sawtooth, () => 600 * mib),
      300,
    ),
  ).toEqual(['rss was more than 512 MiB'])
})

test('too few samples give no verdict, and metrics without a figure no sample', () => {
  expect(() => faultsOf(samplesOf(sawtooth, sawtooth).slice(0, 70), 300)).toThrow('too few')
  const metrics = [
    'process_resident_memory_bytes 300000000',
    'nodejs_heap_size_total_bytes 2e+8',
    'nodejs_heap_size_used_bytes 52000000',
  ]
  const sample = { seconds: 5, rss: 300_000_000, heap: 52_000_000, native: 100_000_000 }
  expect(readSample(metrics.join('\n'), 5)).toEqual(sample)
  expect(() => readSample('process_resident_memory_bytes 1\n', 5)).toThrow('no nodejs_heap_size_total_bytes')
})
