import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { KeyedTurns } from '../src/keyed-turns.ts'

/** Limits each key to `max` calls at a time. A call runs until the test calls `running.get(name)`. */
function start(max = 2) {
  const turns = new KeyedTurns(max)
  const running = new Map<string, () => void>()
  const call = (key: string, name: string, signal = new AbortController().signal) =>
    turns.run(
      key,
      signal,
      () =>
        new Promise<string>((resolve) =>
          running.set(name, () => {
            running.delete(name)
            resolve(name)
          }),
        ),
    )
  return { call, running, names: () => [...running.keys()] }
}

test("with a maximum of 2, a key's calls run two at a time in the order of arrival, and keys do not wait for each other", async () => {
  const { call, running, names } = start()
  const calls = ['a', 'b', 'c', 'd'].map((name) => call('one', name))
  calls.push(call('two', 'e'))
  await turn()
  expect(names()).toEqual(['a', 'b', 'e'])
  running.get('b')?.()
  await turn()
  expect(names()).toEqual(['a', 'e', 'c'])
  for (const name of ['a', 'c', 'e']) running.get(name)?.()
  await turn()
  running.get('d')?.()
  expect(await Promise.all(calls)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a call that is aborted while it waits never runs, and does not keep later calls waiting', async () => {
  const { call, running, names } = start()
  const [before, atItsTurn] = [new AbortController(), new AbortController()]
  void call('one', 'a')
  void call('one', 'b')
  const aborted = [call('one', 'c', before.signal), call('one', 'd', atItsTurn.signal)]
  const outcomes = Promise.allSettled(aborted)
  void call('one', 'e')
  before.abort(new Error('too late'))
  atItsTurn.abort(new Error('too late'))
  await turn()
  running.get('a')?.()
  await turn()
  expect(names()).toEqual(['b', 'e'])
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('an aborted waiter does not let later calls overtake earlier ones', async () => {
  const { call, running, names } = start(1)
  const leaving = new AbortController()
  const first = call('one', 'a')
  const left = call('one', 'b', leaving.signal)
  void call('one', 'c')
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  void call('one', 'd')
  expect(names()).toEqual(['a'])
  running.get('a')?.()
  await first
  await turn()
  expect(names()).toEqual(['c'])
})

test('a failed call makes room for the next', async () => {
  const turns = new KeyedTurns(1)
  const { signal } = new AbortController()
  const failing = turns.run('one', signal, () => Promise.reject(new Error('failed')))
  const next = turns.run('one', signal, () => Promise.resolve('done'))
  await expect(failing).rejects.toThrow('failed')
  expect(await next).toBe('done')
})
