import { expect, test } from 'vitest'
import { BatchedPort } from '../../../src/core/thread/batched-port.ts'

test('messages of one turn of the event loop are posted together, in order', async () => {
  const sent: number[][] = []
  const port = new BatchedPort<number>({ postMessage: (messages) => sent.push(messages) })
  port.post(1)
  await Promise.resolve()
  port.post(2)
  expect(sent).toEqual([])
  await new Promise(setImmediate)
  port.post(3)
  await new Promise(setImmediate)
  expect(sent).toEqual([[1, 2], [3]])
})

test('32 messages are posted at once, so that the other thread starts while this one is busy', async () => {
  const sent: number[] = []
  const port = new BatchedPort<number>({ postMessage: ({ length }) => sent.push(length) })
  for (let number = 0; number < 70; number++) port.post(number)
  expect(sent).toEqual([32, 32])
  await new Promise(setImmediate)
  expect(sent).toEqual([32, 32, 6])
  await new Promise(setImmediate)
  expect(sent).toEqual([32, 32, 6])
})
