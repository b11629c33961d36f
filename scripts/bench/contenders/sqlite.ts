/** A rotation by hand on better-sqlite3: statements prepared once, and no query builder. */
import SqliteDatabase from 'better-sqlite3'
import { endOf } from '../../../src/domain/signing-key.ts'
import { liveAt } from '../../../src/domain/told-keys.ts'
import {
  insertEvent,
  insertKey,
  insertSecretToErase,
  makeEvent,
  type makeKey,
  readLastEvent,
  rotationsPerMinute,
  selectLastEvent,
  selectRotationTime,
  selectWebhook,
  type LastEvent,
  type Owner,
} from './rows.ts'

export const file = (process.env['DATABASE_URL'] ?? '').replace(/^sqlite:/, '')

export function openDatabase(): SqliteDatabase.Database {
  const database = new SqliteDatabase(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  return database
}

export type Rotated = { status: 200; keyId: string; body: string } | { status: 404 | 429 }

/** Returns what rotates a secret; to be run within a transaction. */
export function prepareRotation(database: SqliteDatabase.Database) {
  const webhook = database.prepare(selectWebhook)
  const lastEvent = database.prepare(selectLastEvent)
  const rotationTime = database.prepare(selectRotationTime).pluck()
  const insert = database.prepare(insertKey)
  const append = database.prepare(insertEvent)
  const eraseLater = database.prepare(insertSecretToErase)

  return (
    owner: Owner,
    { secret, row }: ReturnType<typeof makeKey>,
    requestId: string,
    now: number,
  ): Rotated => {
    const { applicationId, webhookId } = owner
    const found = lastEvent.get(applicationId, webhookId) as LastEvent | undefined
    if (!found || !webhook.get(applicationId, webhookId)) return { status: 404 }
    const last = readLastEvent(found)
    const live = liveAt(last.liveKeys, now)
    if (last.sequence >= rotationsPerMinute && live[0] && live[0].createdAt + 60_000 > now) {
      const oldest = rotationTime.get(applicationId, webhookId) as number | undefined
      if (oldest !== undefined && oldest + 60_000 > now) return { status: 429 }
    }
    const ended = live.map((key) => ({ ...key, expiresAt: key.expiresAt ?? now, revokedAt: now }))
    const event = makeEvent(owner, row, ended, last, requestId)
    insert.run({ ...row, sequence: event.sequence })
    append.run(event)
    for (const key of ended) eraseLater.run({ at: endOf(key), key_id: key.id })
    const body = JSON.stringify({ keyFingerprint: row.fingerprint, signingSecret: secret })
    return { status: 200, keyId: row.id, body }
  }
}
