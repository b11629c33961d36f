import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { FairMutex } from '../src/fair-mutex.ts'

const { signal } = new AbortController()

test('owners take turns, however much work one of them has waiting', async () => {
  const mutex = new FairMutex()
  const order: string[] = []
  const piece = (owner: string, name: string) => mutex.run(owner, signal, () => void order.push(name))
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
      await mutex.run(owner, signal, async () => {
        await setImmediate()
        order.push(`${owner}${turn}`)
      })
  }
  const flood = [work('a'), work('a'), work('a')]
  await Promise.all([...flood, work('b')])
  expect(order.map((name) => name[0]).join('')).toBe('abababaaaaaa')
})

test('a piece starts only after the previous one has settled, even if that one fails', async () => {
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
    [true, false, true].map((fails) => mutex.run('a', signal, () => piece(fails))),
  )
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
  expect(await mutex.run('b', signal, () => piece(false))).toBe('done')
})

test('work whose signal aborts before its turn does not run, and does not keep others waiting', async () => {
  const mutex = new FairMutex()
  const controller = new AbortController()
  const reason = new Error('the caller is gone')
  const first = mutex.run('a', signal, () => setImmediate())
  const aborted = mutex.run('a', controller.signal, () => expect.unreachable())
  const last = mutex.run('a', signal, () => 'done')
  controller.abort(reason)
  await expect(aborted).rejects.toBe(reason)
  expect(await last).toBe('done')
  await first
})
