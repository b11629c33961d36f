import { expect, test } from 'vitest'
import { Outbox } from '../../src/core/messages.ts'

test('what is put in within one turn of the event loop is sent together, in its order', async () => {
  const sent: number[][] = []
  const outbox = new Outbox<number>({ postMessage: (messages) => sent.push(messages) })
  outbox.put(1)
  await Promise.resolve()
  outbox.put(2)
  expect(sent).toEqual([])
  await new Promise(setImmediate)
  outbox.put(3)
  await new Promise(setImmediate)
  expect(sent).toEqual([[1, 2], [3]])
})

test('32 are sent at once, so that the other thread begins while this one goes on', async () => {
  const sent: number[] = []
  const outbox = new Outbox<number>({ postMessage: ({ length }) => sent.push(length) })
  for (let number = 0; number < 70; number++) outbox.put(number)
  expect(sent).toEqual([32, 32])
  await new Promise(setImmediate)
  expect(sent).toEqual([32, 32, 6])
  await new Promise(setImmediate)
  expect(sent).toEqual([32, 32, 6])
})
