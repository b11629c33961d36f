/** A typical first version of the server: Express, validation against the OpenAPI document, Knex, and jsonwebtoken. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import express from 'express'
import * as OpenApiValidator from 'express-openapi-validator'
import jwt from 'jsonwebtoken'
import knex from 'knex'
import { makeEvent, makeKey, rotationsPerMinute } from './rows.ts'
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
    const live = await trx('signing_keys')
      .where(owner)
      .whereRaw('coalesce(revoked_at, expires_at, 9007199254740991) > ?', [now])
      .orderBy('generation', 'desc')
    const generation = (live[0]?.generation ?? 0) + 1
    if (generation > rotationsPerMinute) {
      const oldest = await trx('signing_keys')
        .where({ ...owner, generation: generation - rotationsPerMinute })
        .first('created_at')
      if (oldest.created_at + 60_000 > now) return 429
    }
    const ended = live.map((old) => ({ ...old, expires_at: old.expires_at ?? now, revoked_at: now }))
    for (const { id, expires_at, revoked_at } of ended)
      await trx('signing_keys').where({ id }).update({ expires_at, revoked_at })
    await trx('signing_keys').insert({ ...key.row, generation })
    const last = await trx('events').where(owner).orderBy('sequence', 'desc').first('sequence', 'hash')
    await trx('events').insert(makeEvent(request.params, key.row, ended, last, randomUUID()))
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
