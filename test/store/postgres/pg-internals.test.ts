import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, Socket, type AddressInfo } from 'node:net'
import type pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import {
  announcedPid,
  requestCancel,
  socketOf,
  withTimeout,
} from '../../../src/store/postgres/pg-internals.ts'
import { openPool } from '../../support/postgres-client.ts'

async function connect(): Promise<pg.PoolClient> {
  const pool = openPool(inject('postgresUrl'))
  const client = await pool.connect()
  onTestFinished(async () => {
    client.release(true)
    await pool.end()
  })
  return client
}

test('pg is still version 8.23.1, the only version for which pg-internals.ts was verified', () => {
  const { version } = createRequire(import.meta.url)('pg/package.json') as { version: string }
  expect(version).toBe('8.23.1')
})

test("announcedPid returns the process ID of the PostgreSQL backend that runs the client's queries", async () => {
  const client = await connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  expect(announcedPid(client)).toBe(rows[0]?.pid)
})

test("requestCancel makes the client's running statement fail, and resolves", async () => {
  const client = await connect()
  const statement = client.query('select pg_sleep(20)')
  const failed = expect(statement).rejects.toThrow('canceling statement due to user request')
  await requestCancel(client, 5_000)
  await failed
})

test('requestCancel resolves if the server does not respond, or cannot be reached', async () => {
  const client = await connect()
  const silent = createServer()
  onTestFinished(() => {
    silent.close()
  })
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  const { port } = silent.address() as AddressInfo
  Object.assign(client, { port })
  await requestCancel(client, 200)
  Object.assign(client, { port: 1 })
  await requestCancel(client, 5_000)
})

test("socketOf returns the socket that sends the client's queries, and corking it holds them back", async () => {
  const client = await connect()
  const socket = socketOf(client)
  expect(socket).toBeInstanceOf(Socket)
  const before = socket.bytesWritten
  await client.query('select 1')
  expect(socket.bytesWritten).toBeGreaterThan(before)
  socket.cork()
  const query = client.query('select 1')
  expect(socket.writableLength).toBeGreaterThan(0)
  socket.uncork()
  await query
})

test('withTimeout makes a query fail when its timeout expires', async () => {
  const client = await connect()
  const start = performance.now()
  await expect(client.query(withTimeout({ text: 'select pg_sleep(10)' }, 200))).rejects.toThrow(/timeout/i)
  expect(performance.now() - start).toBeLessThan(5_000)
})
