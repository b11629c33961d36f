/** Rotates with hand-written SQL on better-sqlite3. Statements are prepared once; there is no query builder. */
import SqliteDatabase from 'better-sqlite3'
import {
  insertEvent,
  insertKey,
  makeEvent,
  type makeKey,
  rotationsPerMinute,
  selectCreationTime,
  selectLastEvent,
  selectLiveKeys,
  selectWebhook,
  updateKey,
  type LastEvent,
  type LiveKey,
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

/** Returns a function that rotates a secret. Call that function within a transaction. */
export function prepareRotation(database: SqliteDatabase.Database) {
  const webhook = database.prepare(selectWebhook)
  const liveKeys = database.prepare(selectLiveKeys)
  const creationTime = database.prepare(selectCreationTime).pluck()
  const end = database.prepare(updateKey)
  const insert = database.prepare(insertKey)
  const lastEvent = database.prepare(selectLastEvent)
  const append = database.prepare(insertEvent)

  return (
    owner: Owner,
    { secret, row }: ReturnType<typeof makeKey>,
    requestId: string,
    now: number,
  ): Rotated => {
    const { applicationId, webhookId } = owner
    if (!webhook.get(applicationId, webhookId)) return { status: 404 }
    const live = liveKeys.all(applicationId, webhookId, now) as LiveKey[]
    const generation = Math.max(0, ...live.map((key) => key.generation)) + 1
    if (generation > rotationsPerMinute) {
      const oldest = creationTime.get(applicationId, webhookId, generation - rotationsPerMinute) as number
      if (oldest + 60_000 > now) return { status: 429 }
    }
    const ended = live.map((key) => ({ ...key, expires_at: key.expires_at ?? now, revoked_at: now }))
    for (const key of ended) end.run(key.expires_at, key.revoked_at, applicationId, webhookId, key.generation)
    insert.run({ ...row, generation })
    append.run(
      makeEvent(
        owner,
        row,
        ended,
        lastEvent.get(applicationId, webhookId) as LastEvent | undefined,
        requestId,
      ),
    )
    const body = JSON.stringify({ keyFingerprint: row.fingerprint, signingSecret: secret })
    return { status: 200, keyId: row.id, body }
  }
}
