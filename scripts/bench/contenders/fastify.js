/** A hand-written server: Fastify, its JWT plugin, better-sqlite3, and one transaction per rotation. */
import { randomUUID } from 'node:crypto'
import jwt from '@fastify/jwt'
import Fastify from 'fastify'
import { makeKey } from './rows.ts'
import { openDatabase, prepareRotation } from './sqlite.ts'

const database = openDatabase()
const rotate = database.transaction(prepareRotation(database))

const id = { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$' }
const app = Fastify()
app.register(jwt, {
  secret: process.env.REKEY_JWT_SECRET ?? '',
  verify: { algorithms: ['HS256'], cache: true },
})
// Accepts an empty body, because the documented samples send a Content-Type without a body.
app.removeContentTypeParser('application/json')
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
  done(null, body === '' ? undefined : JSON.parse(body))
})
app.patch(
  '/api/v1/applications/:applicationId/webhooks/:webhookId/secret',
  {
    schema: {
      params: { type: 'object', properties: { applicationId: id, webhookId: id } },
      response: {
        200: {
          type: 'object',
          properties: { keyFingerprint: { type: 'string' }, signingSecret: { type: 'string' } },
        },
      },
    },
    onRequest: async (request) => {
      await request.jwtVerify()
    },
  },
  async (request, reply) => {
    const { sub, scope, applications } = request.user
    const owner = request.params
    if (!scope.split(' ').includes('secrets:rotate')) return reply.code(403).send()
    if (applications !== '*' && !applications.includes(owner.applicationId)) return reply.code(403).send()
    const now = Date.now()
    const key = makeKey(owner, sub, now)
    const rotated = rotate.immediate(owner, key, randomUUID(), now)
    if (rotated.status !== 200) return reply.code(rotated.status).send()
    return reply
      .header('ETag', `"${rotated.keyId}"`)
      .header('Cache-Control', 'no-store')
      .send({ keyFingerprint: key.row.fingerprint, signingSecret: key.secret })
  },
)
console.log(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}`)
