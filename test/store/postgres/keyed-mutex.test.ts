import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { KeyedMutex } from '../../../src/store/postgres/keyed-mutex.ts'

const signal = new AbortController().signal

/** Creates work that records its start in `begun` and finishes or fails on demand. */
function held(begun: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const run = () => {
    begun.push(name)
    return promise
  }
  return {
    run,
    end: () => {
      resolve(name)
    },
    fail: (error: Error) => {
      reject(error)
    },
  }
}

test('work with the same key runs in order, and work with other keys runs concurrently', async () => {
  const turns = new KeyedMutex()
  const begun: string[] = []
  const [first, second, other] = ['first', 'second', 'other'].map((name) => held(begun, name))
  if (!first || !second || !other) throw new Error()
  const results = [
    turns.runExclusive('a', signal, first.run),
    turns.runExclusive('a', signal, second.run),
    turns.runExclusive('b', signal, other.run),
  ]
  await turn()
  expect(begun).toEqual(['first', 'other'])
  first.end()
  expect(await results[0]).toBe('first')
  await turn()
  expect(begun).toEqual(['first', 'other', 'second'])
  second.end()
  other.end()
  expect(await Promise.all(results)).toEqual(['first', 'second', 'other'])
})

test('work that fails does not block the work queued after it', async () => {
  const turns = new KeyedMutex()
  const begun: string[] = []
  const first = held(begun, 'first')
  const failed = turns.runExclusive('a', signal, first.run)
  const next = turns.runExclusive('a', signal, () => Promise.resolve('next'))
  first.fail(new Error('broken'))
  await expect(failed).rejects.toThrow('broken')
  expect(await next).toBe('next')
})

test('an aborted waiter does not run and does not let later work overtake earlier work', async () => {
  const turns = new KeyedMutex()
  const begun: string[] = []
  const [first, second, third] = ['first', 'second', 'third'].map((name) => held(begun, name))
  if (!first || !second || !third) throw new Error()
  const leaving = new AbortController()
  const results = [turns.runExclusive('a', signal, first.run), turns.runExclusive('a', signal, third.run)]
  const left = turns.runExclusive('a', leaving.signal, second.run)
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  await turn()
  expect(begun).toEqual(['first'])
  const late = turns.runExclusive('a', signal, () => Promise.resolve('late'))
  first.end()
  await turn()
  expect(begun).toEqual(['first', 'third'])
  third.end()
  expect(await late).toBe('late')
  expect(await Promise.all(results)).toEqual(['first', 'third'])
})
