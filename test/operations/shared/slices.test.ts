import { expect, onTestFinished, test, vi } from 'vitest'
import { FairGate } from '../../../src/fair-gate.ts'
import { runInSlices } from '../../../src/operations/shared/slices.ts'

const mib = 1_048_576

/** Replaces the clock. Each step of `steps` takes as long as hashing 1 MiB. */
function slowSteps() {
  let time = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time)
  onTestFinished(() => {
    clock.mockRestore()
  })
  const done: string[] = []
  const steps = function* (name: string, count: number): Generator<undefined, string> {
    for (let step = 1; step <= count; step++) {
      time += 0.9
      done.push(name)
      yield
    }
    return name
  }
  return { done, steps }
}

/** Records how many steps ran in each turn of the event loop, until `stop`. */
function watchEventLoop(done: readonly unknown[]) {
  const counts: number[] = []
  let seen = 0
  let isWatching = true
  const look = () => {
    counts.push(done.length - seen)
    seen = done.length
    if (isWatching) setImmediate(look)
  }
  setImmediate(look)
  const stop = () => {
    isWatching = false
    look()
  }
  return { counts, stop }
}

test('work on many bytes yields to the event loop at least every 2 ms', async () => {
  const { done, steps } = slowSteps()
  const context = { turns: new FairGate(1), signal: new AbortController().signal }
  const loop = watchEventLoop(done)
  const names = ['a', 'b', 'a', 'c', 'a']
  const results = await Promise.all(
    names.map((name) =>
      runInSlices({ applicationId: name, bytes: 20 * mib, steps: steps(name, 20) }, context),
    ),
  )
  loop.stop()
  expect(results).toEqual(names)
  expect(done).toHaveLength(100)
  expect(Math.max(...loop.counts)).toBeLessThanOrEqual(2)
})

test('applications take turns slice by slice, even if one of them has much more work waiting', async () => {
  const { done, steps } = slowSteps()
  const context = { turns: new FairGate(1), signal: new AbortController().signal }
  const run = (applicationId: string) =>
    runInSlices({ applicationId, bytes: 6 * mib, steps: steps(applicationId, 6) }, context)
  const hostile = Array.from({ length: 16 }, () => run('hostile'))
  await run('other')
  // Two steps fit into a slice.
  const slice = ['hostile', 'hostile', 'other', 'other']
  expect(done.slice(0, 12)).toEqual([...slice, ...slice, ...slice])
  await Promise.all(hostile)
})

test('work on few bytes runs at once, in one turn of the event loop', async () => {
  const { done, steps } = slowSteps()
  const context = { turns: new FairGate(1), signal: new AbortController().signal }
  const large = runInSlices({ applicationId: 'a', bytes: 20 * mib, steps: steps('large', 20) }, context)
  void runInSlices({ applicationId: 'a', bytes: 1_000, steps: steps('small', 10) }, context)
  expect(done.filter((name) => name === 'small')).toHaveLength(10)
  await large
})

test('an abort ends the work between two slices', async () => {
  const { done, steps } = slowSteps()
  const controller = new AbortController()
  const context = { turns: new FairGate(1), signal: controller.signal }
  const work = runInSlices({ applicationId: 'a', bytes: 20 * mib, steps: steps('a', 20) }, context)
  const waiting = runInSlices({ applicationId: 'a', bytes: 20 * mib, steps: steps('b', 20) }, context)
  const reason = new Error('the caller is gone')
  controller.abort(reason)
  const aborted = { status: 'rejected', reason }
  expect(await Promise.allSettled([work, waiting])).toEqual([aborted, aborted])
  expect(done).toEqual(['a', 'a'])
})
