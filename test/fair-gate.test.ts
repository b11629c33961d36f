import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { FairGate } from '../src/fair-gate.ts'

const never = new AbortController().signal

/** Starts work that runs until its name is passed to `end`. `running` lists the work in progress, oldest first. */
function work(slots: number) {
  const gate = new FairGate(slots)
  const running: string[] = []
  const ends = new Map<string, () => void>()
  const start = (scope: string, name: string, signal = never) =>
    gate.run(scope, signal, () => {
      running.push(name)
      return new Promise<string>((resolve) => {
        ends.set(name, () => {
          running.splice(running.indexOf(name), 1)
          resolve(name)
        })
      })
    })
  const end = async (name: string) => {
    ends.get(name)?.()
    await turn()
  }
  const startMany = (scope: string, count: number) =>
    Array.from({ length: count }, (_, index) => start(scope, `${scope}${index}`))
  return { gate, running, start, startMany, end }
}

test('one scope gets half of the slots, and each further scope gets half of the remaining slots', async () => {
  const { running, startMany } = work(14)
  for (const scope of ['a', 'b', 'c', 'd']) void startMany(scope, 100)
  await turn()
  const count = (scope: string) => running.filter((name) => name.startsWith(scope)).length
  expect(['a', 'b', 'c', 'd'].map(count)).toEqual([7, 4, 2, 1])
})

test('work of one scope starts in order, as soon as earlier work of its scope ends', async () => {
  const { running, startMany, end } = work(4)
  void startMany('a', 4)
  await turn()
  expect(running).toEqual(['a0', 'a1'])
  await end('a1')
  expect(running).toEqual(['a0', 'a2'])
  await end('a0')
  expect(running).toEqual(['a2', 'a3'])
})

test('a free slot goes to a scope that holds none, even if work of another scope has waited longer', async () => {
  const { running, startMany, start, end } = work(3)
  void startMany('a', 10)
  void startMany('b', 10)
  void startMany('c', 10)
  await turn()
  expect(running).toEqual(['a0', 'a1', 'b0'])
  void start('d', 'd0')
  await end('a0')
  expect(running).toEqual(['a1', 'b0', 'c0'])
  await end('c0')
  expect(running).toEqual(['a1', 'b0', 'd0'])
})

test('waiting work whose signal aborts never starts, does not delay other work, and leaves no state behind', async () => {
  const { running, startMany, start, end } = work(2)
  void startMany('a', 1)
  const leaving = new AbortController()
  const left = start('a', 'left', leaving.signal)
  const next = start('a', 'next')
  const reason = new Error('the deadline has passed')
  leaving.abort(reason)
  await expect(left).rejects.toBe(reason)
  await expect(start('b', 'late', leaving.signal)).rejects.toBe(reason)
  await end('a0')
  expect(running).toEqual(['next'])
  await end('next')
  expect(await next).toBe('next')
})

test('work that fails releases its slot', async () => {
  const { gate } = work(1)
  const fail = () => Promise.reject(new Error('broken'))
  for (let i = 0; i < 3; i++) await expect(gate.run('a', never, fail)).rejects.toThrow('broken')
  expect(await gate.run('b', never, () => Promise.resolve('done'))).toBe('done')
})

test('with one slot, scopes take turns, even if one of them has much more work waiting', async () => {
  const gate = new FairGate(1)
  const order: string[] = []
  const piece = (scope: string, name: string) => gate.run(scope, never, () => void order.push(name))
  await Promise.all([
    ...['a1', 'a2', 'a3', 'a4'].map((name) => piece('a', name)),
    ...['b1', 'b2'].map((name) => piece('b', name)),
    piece('c', 'c1'),
  ])
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4'])
})

test('with one slot, a scope that requests one turn at a time alternates with a scope that has much work waiting', async () => {
  const gate = new FairGate(1)
  const order: string[] = []
  const work = async (scope: string) => {
    for (let count = 1; count <= 3; count++)
      await gate.run(scope, never, async () => {
        await turn()
        order.push(`${scope}${count}`)
      })
  }
  const flood = [work('a'), work('a'), work('a')]
  await Promise.all([...flood, work('b')])
  expect(order.map((name) => name[0]).join('')).toBe('abababaaaaaa')
})

test('with one slot, work starts only after the previous work has ended, even if the previous work failed', async () => {
  const gate = new FairGate(1)
  let running = 0
  const piece = async (fails: boolean) => {
    expect(++running).toBe(1)
    await turn()
    running -= 1
    if (fails) throw new Error('failed')
    return 'done'
  }
  const results = await Promise.allSettled(
    [true, false, true].map((fails) => gate.run('a', never, () => piece(fails))),
  )
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
  expect(await gate.run('b', never, () => piece(false))).toBe('done')
})
