import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { FairMutex } from '../src/fair-mutex.ts'

test('owners take turns, however much work one of them has waiting', async () => {
  const mutex = new FairMutex()
  const order: string[] = []
  const piece = (owner: string, name: string) => mutex.run(owner, () => void order.push(name))
  await Promise.all([
    ...['a1', 'a2', 'a3', 'a4'].map((name) => piece('a', name)),
    ...['b1', 'b2'].map((name) => piece('b', name)),
    piece('c', 'c1'),
  ])
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4'])
})

test('an owner that asks for its next turn after each turn alternates with an owner that has much waiting', async () => {
  const mutex = new FairMutex()
  const order: string[] = []
  const work = async (owner: string) => {
    for (let turn = 1; turn <= 3; turn++)
      await mutex.run(owner, async () => {
        await setImmediate()
        order.push(`${owner}${turn}`)
      })
  }
  const flood = [work('a'), work('a'), work('a')]
  await Promise.all([...flood, work('b')])
  expect(order.map((name) => name[0]).join('')).toBe('abababaaaaaa')
})

test('a piece starts only after the one before has settled, even if that one fails', async () => {
  const mutex = new FairMutex()
  let running = 0
  const piece = async (fails: boolean) => {
    expect(++running).toBe(1)
    await setImmediate()
    running -= 1
    if (fails) throw new Error('failed')
    return 'done'
  }
  const results = await Promise.allSettled(
    [true, false, true].map((fails) => mutex.run('a', () => piece(fails))),
  )
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
  expect(await mutex.run('b', () => piece(false))).toBe('done')
})
