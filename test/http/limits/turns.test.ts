import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { turnsByNetwork } from '../../../src/http/limits/turns.ts'

/** Limits each network to two calls at a time. A call runs until the test calls `running.get(name)`. */
function start() {
  const inTurn = turnsByNetwork(2)
  const running = new Map<string, () => void>()
  const call = (network: string, name: string, signal = new AbortController().signal) =>
    inTurn(
      network,
      () =>
        new Promise<string>((resolve) =>
          running.set(name, () => {
            running.delete(name)
            resolve(name)
          }),
        ),
      signal,
    )
  return { call, running, names: () => [...running.keys()] }
}

test("with a maximum of 2, a network's calls run two at a time in the order of arrival, and networks do not wait for each other", async () => {
  const { call, running, names } = start()
  const calls = ['a', 'b', 'c', 'd'].map((name) => call('one', name))
  calls.push(call('two', 'e'))
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
  running.get('a')?.()
  await turn()
  expect(names()).toEqual(['b', 'e'])
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('a failed call makes room for the next', async () => {
  const inTurn = turnsByNetwork(1)
  const { signal } = new AbortController()
  const failing = inTurn('one', () => Promise.reject(new Error('failed')), signal)
  const next = inTurn('one', () => Promise.resolve('done'), signal)
  await expect(failing).rejects.toThrow('failed')
  expect(await next).toBe('done')
})
