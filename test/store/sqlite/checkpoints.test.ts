import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Checkpoints } from '../../../src/store/sqlite/checkpoints.ts'
import { openSqlite } from '../../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../../src/store/store.ts'
import { rekey } from '../../support/command.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { temporaryFolder } from '../../support/server.ts'

const never = new AbortController().signal

/** Opens an empty database. Writes of `write` change `count` rows of about `length` bytes. */
async function open() {
  const file = join(temporaryFolder(), 'rekey.db')
  const store = openSqlite(file)
  let closed: Promise<void> | undefined
  const close = () => (closed ??= store.close())
  onTestFinished(close)
  await store.migrate()
  let last = 0
  const write = (count: number, length = 20) =>
    insert(store, { first: (last += count) - count, count, length })
  return { file, store, write, close }
}

const name = (id: number) => `name ${id};`

function insert(store: Store, { first, count, length }: { first: number; count: number; length: number }) {
  return store.write(
    null,
    async (queries) => {
      for (let id = first; id < first + count; id++)
        await queries
          .insertInto('applications')
          .values({ id: `a${id}`, name: name(id).padEnd(length, '-'), created_at: 0, updated_at: 0 })
          .execute()
    },
    never,
  )
}

/** The next thread that this process starts. */
async function nextThread(): Promise<Worker> {
  const [thread] = (await once(process, 'worker')) as [Worker]
  return thread
}

function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
}

/** Whether the database file, without the log, has the row. */
const isCopied = (file: string, id: number) => readFileSync(file).includes(name(id))

test('after 256 changes, the log is copied into the file while the database stays open', async () => {
  const { file, write } = await open()
  const [first] = await Promise.all([nextThread(), write(300)])
  await once(first, 'message')
  expect(isCopied(file, 299)).toBe(true)
  await write(100)
  expect(isCopied(file, 399)).toBe(false)
  await Promise.all([once(first, 'message'), write(200)])
  expect(isCopied(file, 599)).toBe(true)
})

test('overwritten data is soon gone from the log too, however little is written later', async () => {
  const { file, write, store } = await open()
  useFakeTimers()
  const bytes = () => Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)])
  const [thread] = await Promise.all([nextThread(), write(300)])
  await once(thread, 'message')
  // The next checkpoint is passive, so the names stay in the log until the thread ends.
  await Promise.all([once(thread, 'message'), write(600)])
  await store.write(
    null,
    (queries) => queries.updateTable('applications').set({ name: 'x' }).where('id', '=', 'a700').execute(),
    never,
  )
  expect(bytes().includes(name(700))).toBe(true)
  const ended = once(thread, 'exit')
  await vi.advanceTimersByTimeAsync(10_000)
  await ended
  expect(bytes().includes(name(700))).toBe(false)
})

test('closing waits for the checkpoint, and leaves one complete file', async () => {
  const { file, write, close } = await open()
  const [thread] = await Promise.all([nextThread(), write(2_000)])
  await once(thread, 'message')
  await write(2_000)
  await close()
  expect([isCopied(file, 3_999), existsSync(`${file}-wal`)]).toEqual([true, false])
})

test('the log begins again once it is larger than 64 MiB, however busy it is', async () => {
  const { file, write } = await open()
  for (let round = 0; round < 14; round++) await write(2_000, 4_000)
  expect(statSync(`${file}-wal`).size).toBeLessThan(96 * 1_048_576)
}, 60_000)

test('the thread ends after ten seconds without a checkpoint, and starts again for the next one', async () => {
  const { file, write } = await open()
  useFakeTimers()
  for (const last of [2_000, 4_000]) {
    const [thread] = await Promise.all([nextThread(), write(2_000)])
    const ended = once(thread, 'exit')
    await once(thread, 'message')
    expect(isCopied(file, last - 1)).toBe(true)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await ended).toEqual([0])
  }
})

test('if the thread fails, the next checkpoint starts another', async () => {
  const checkpoints = new Checkpoints(join(temporaryFolder(), 'missing.db'))
  for (const changes of [2_000, 4_000]) {
    const started = nextThread()
    checkpoints.afterCommit(changes)
    const thread = await started
    // `once` would reject with the thread's error.
    expect(await new Promise((resolve) => thread.once('exit', resolve))).toBe(1)
  }
  await checkpoints.close()
})

test('if no thread can be started, nothing fails', async () => {
  // A symbol cannot be sent to a thread, so creating one throws, as it does at the system's limit of threads.
  const checkpoints = new Checkpoints(Symbol('file') as unknown as string)
  for (const changes of [2_000, 4_000]) checkpoints.afterCommit(changes)
  await checkpoints.close()
})

test('a command exits with 0 although a checkpoint has just begun', async () => {
  const folder = temporaryFolder()
  const environment = { ...exampleEnvironment, DATABASE_URL: `sqlite:${join(folder, 'rekey.db')}` }
  const lines = Array.from({ length: 700 }, (_, index) => ({
    ...{ applicationId: 'app', webhookId: `hook_${index}`, url: 'https://receiver.example/' },
    signingSecret: `whsec_${Buffer.alloc(32, String(index)).toString('base64')}`,
  }))
  writeFileSync(join(folder, 'in.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'), {
    mode: 0o600,
  })
  await rekey(['migrate'], { cwd: folder, environment })
  expect(await rekey(['import', 'in.jsonl'], { cwd: folder, environment })).toMatchObject({
    code: 0,
    stderr: '',
  })
})
