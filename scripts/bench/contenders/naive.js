/** What one writes first: Express, validation by the document, Knex, jsonwebtoken. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import express from 'express'
import * as OpenApiValidator from 'express-openapi-validator'
import jwt from 'jsonwebtoken'
import knex from 'knex'
import { endOf } from '../../../src/domain/signing-key.ts'
import { liveAt } from '../../../src/domain/told-keys.ts'
import { makeEvent, makeKey, readLastEvent, rotationsPerMinute } from './rows.ts'
import { file } from './sqlite.ts'

const secret = process.env.REKEY_JWT_SECRET ?? ''
const db = knex({
  client: 'better-sqlite3',
  connection: { filename: file },
  useNullAsDefault: true,
  pool: {
    min: 1,
    max: 1,
    afterCreate(connection, done) {
      connection.pragma('journal_mode = WAL')
      connection.pragma('synchronous = FULL')
      connection.pragma('foreign_keys = ON')
      done(null, connection)
    },
  },
})

const app = express()
app.use(express.json())
app.use(
  OpenApiValidator.middleware({
    apiSpec: join(import.meta.dirname, '../../../generated/openapi.json'),
    validateRequests: true,
    validateResponses: false,
    validateSecurity: {
      handlers: {
        bearerAuth(request, scopes) {
          const claims = jwt.verify((request.headers.authorization ?? '').replace(/^Bearer /, ''), secret, {
            algorithms: ['HS256'],
          })
          request.claims = claims
          return scopes.every((scope) => claims.scope.split(' ').includes(scope))
        },
      },
    },
  }),
)
app.patch('/api/v1/applications/:applicationId/webhooks/:webhookId/secret', async (request, response) => {
  const { applicationId, webhookId } = request.params
  const { sub, applications } = request.claims
  if (applications !== '*' && !applications.includes(applicationId)) return response.status(403).json({})
  const now = Date.now()
  const owner = { application_id: applicationId, webhook_id: webhookId }
  const key = makeKey(request.params, sub, now)
  const status = await db.transaction(async (trx) => {
    if (!(await trx('webhooks').where({ application_id: applicationId, id: webhookId }).first('id')))
      return 404
    const last = readLastEvent(
      await trx('events')
        .where(owner)
        .orderBy('sequence', 'desc')
        .first('sequence', 'hash', 'type', 'previous_change', 'live_keys'),
    )
    const live = liveAt(last.liveKeys, now)
    if (last.sequence >= rotationsPerMinute && live[0] && live[0].createdAt + 60_000 > now) {
      const oldest = await trx('events')
        .where({ ...owner, type: 'secret.rotated' })
        .orderBy('sequence', 'desc')
        .offset(rotationsPerMinute - 1)
        .first('at')
      if (oldest && oldest.at + 60_000 > now) return 429
    }
    const ended = live.map((old) => ({ ...old, expiresAt: old.expiresAt ?? now, revokedAt: now }))
    const event = makeEvent(request.params, key.row, ended, last, randomUUID())
    await trx('signing_keys').insert({ ...key.row, sequence: event.sequence })
    await trx('events').insert(event)
    for (const old of ended)
      await trx('secrets_to_erase')
        .insert({ at: endOf(old), key_id: old.id })
        .onConflict(['at', 'key_id'])
        .ignore()
    return 200
  })
  if (status !== 200) return response.status(status).json({})
  response.set('ETag', `"${key.row.id}"`).set('Cache-Control', 'no-store')
  return response.json({ keyFingerprint: key.row.fingerprint, signingSecret: key.secret })
})
app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ message: error.message })
})
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})
