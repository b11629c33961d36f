import { expect, test } from 'vitest'
import { BatchedPort } from '../../../src/core/thread/batched-port.ts'

test('posts all messages of one event loop turn together and in order', async () => {
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

test('posts each batch of 32 messages immediately, so the other thread can start while this thread is busy', async () => {
  const sent: number[] = []
  const port = new BatchedPort<number>({ postMessage: ({ length }) => sent.push(length) })
  for (let number = 0; number < 70; number++) port.post(number)
  expect(sent).toEqual([32, 32])
  await new Promise(setImmediate)
  expect(sent).toEqual([32, 32, 6])
  await new Promise(setImmediate)
  expect(sent).toEqual([32, 32, 6])
})
