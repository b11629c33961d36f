import { expect, test } from 'vitest'
import json from '../../../generated/openapi.json' with { type: 'json' }
import { documentedOperations } from '../../support/document.ts'
import { provision, startServer } from '../../support/server.ts'

const application = '/applications/app_1'
const webhook = `${application}/webhooks/hook_1`
const url = 'https://merchant.example/webhooks'

const anId = "must be 1 to 64 letters, digits, '_', '.' or '-', and not only dots"
const aReason = 'must be 1 to 500 characters, without NUL (U+0000)'
const aUrl = 'must be an http:// or https:// URL of at most 2048 characters, without user name or password'
const aSecret = 'must be 16 to 256 visible ASCII characters'

test.each<[method: string, path: string, body: unknown, message: string]>([
  ['GET', '/applications/a%20b', undefined, `path/applicationId ${anId}`],
  ['GET', '/applications/..%2E', undefined, `path/applicationId ${anId}`],
  ['GET', `/applications/${'x'.repeat(65)}`, undefined, `path/applicationId ${anId}`],
  ['GET', '/applications?limit=101', undefined, 'query/limit must be from 1 to 100'],
  ['GET', '/applications?limit=ten', undefined, 'query/limit must be an integer'],
  [
    'GET',
    '/applications?cursor=YQ==',
    undefined,
    'query/cursor must be a nextCursor value that this list returned',
  ],
  [
    'GET',
    '/applications?cursor=%2e',
    undefined,
    'query/cursor must be a nextCursor value that this list returned',
  ],
  [
    'GET',
    `/applications?page=2`,
    undefined,
    'query has an unknown parameter `page`; allowed parameters: search, total, limit, cursor',
  ],
  ['PATCH', `${webhook}/secret`, { overlapSeconds: -1 }, 'body/overlapSeconds must be from 0 to 604800'],
  ['PATCH', `${webhook}/secret`, { overlapSeconds: '60' }, 'body/overlapSeconds must be an integer'],
  ['PATCH', `${webhook}/secret`, { reason: '' }, `body/reason ${aReason}`],
  ['PATCH', `${webhook}/secret`, { reason: 'x'.repeat(501) }, `body/reason ${aReason}`],
  ['PATCH', `${webhook}/secret`, { reason: 'a\0' }, `body/reason ${aReason}`],
  ['PATCH', `${webhook}/secret`, { signingSecret: 'whsec_short' }, `body/signingSecret ${aSecret}`],
  [
    'PATCH',
    `${webhook}/secret`,
    { signingSecret: `whsec_ ${'~'.repeat(44)}` },
    `body/signingSecret ${aSecret}`,
  ],
  ['PUT', application, { name: 1 }, 'body/name must be a string or null'],
  ['PUT', webhook, {}, 'body/url is required'],
  ['PUT', webhook, { url: 'merchant.example' }, `body/url ${aUrl}`],
  ['PUT', webhook, { url: 'ftp://merchant.example' }, `body/url ${aUrl}`],
  ['PUT', webhook, { url: `${url}/${'x'.repeat(2_048)}` }, `body/url ${aUrl}`],
  [
    'PUT',
    webhook,
    { url, secret: 1 },
    'body has an unknown property `secret`; allowed properties: url, description, signatureScheme, signatureHeader',
  ],
  ['POST', `${webhook}/signatures`, { payload: 1 }, 'body/payload must be a string'],
  [
    'POST',
    `${webhook}/signatures`,
    { payload: '', timestamp: -1 },
    'body/timestamp must be from 0 to 253402300799',
  ],
  [
    'POST',
    `${webhook}/signatures`,
    { payload: '', payloadEncoding: 'hex' },
    'body/payloadEncoding must be one of: utf8, base64',
  ],
  [
    'POST',
    `${webhook}/signatures`,
    { payload: '', messageId: 'a.b' },
    "body/messageId must be 1 to 256 visible ASCII characters other than '.'",
  ],
  [
    'POST',
    `${webhook}/signatures/verify`,
    { payload: '', headers: { 'webhook-id': 1 } },
    'body/headers/webhook-id must be a string or an array',
  ],
  [
    'POST',
    `${webhook}/signatures/verify`,
    { payload: '', headers: { a: Array<string>(101).fill('') } },
    'body/headers/a must have at most 100 items',
  ],
  [
    'POST',
    `${webhook}/signatures/verify`,
    { payload: '', headers: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [i, ''])) },
    'body/headers must have at most 200 properties',
  ],
  ['POST', `${webhook}/probes`, { endOverlap: 'yes' }, 'body/endOverlap must be true or false'],
])('the 400 for %s %s (body %j) names the field and states its rule', async (method, path, body, message) => {
  const server = await startServer()
  await provision(server)
  const answer = await server.api(method, path, { body })
  expect([answer.status, answer.body]).toEqual([400, { error: 'Bad Request', message, code: 400 }])
})

test.each([
  [
    'if-match',
    'key_1',
    'must be * or a list of entity tags in double quotes, as in an ETag header, of at most 1024 characters',
  ],
  [
    'idempotency-key',
    'a b',
    'must be 1 to 255 ASCII characters, in double quotes or as a bare token such as a UUID',
  ],
])('the 400 for an invalid %s header states the rule in words', async (name, value, rule) => {
  const { api } = await startServer()
  const { status, body } = await api('PATCH', `${webhook}/secret`, { headers: { [name]: value } })
  expect([status, body.message]).toEqual([400, `header/${name} ${rule}`])
})

test.each(['whsec_mistaken', 'whsk_mistaken', 'x'.repeat(32), 'a`b', 'a"b', 'a\\b', 'a b', 'ä', ''])(
  'the 400 for the unknown property %j does not quote its name',
  async (name) => {
    const { api } = await startServer()
    const { status, body } = await api('PUT', application, { body: { [name]: 1 } })
    expect([status, body.message]).toEqual([400, 'body has an unknown property; allowed properties: name'])
  },
)

interface Rules {
  pattern?: string
  format?: string
  'x-rule'?: string
}

test('every request schema with a pattern or format has an x-rule that states the rule in words', () => {
  const unexplained = requestSchemas().filter(
    ({ pattern, format, 'x-rule': rule }) =>
      (pattern ?? format) !== undefined && !rule?.startsWith('must be '),
  )
  expect(unexplained).toEqual([])
  expect(requestSchemas().filter((schema) => 'x-rule' in schema).length).toBeGreaterThan(10)
})

/** Returns the schemas of all documented parameters and request bodies, including nested schemas. */
function requestSchemas(): Rules[] {
  const found: Rules[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    found.push(node)
    Object.values(node).forEach(visit)
  }
  for (const { parameters, requestBody } of documentedOperations) {
    visit(parameters.map(({ schema }) => schema))
    visit(requestBody?.content['application/json'].schema)
  }
  return found
}

const notFound = 'The requested resource was not found'

test.each([
  ['/api/v1/nothing', notFound],
  ['/api/v1/applications/', notFound],
  ['/applications', `${notFound}. The paths of the API begin with /api/v1/.`],
  ['/api/v2/applications', `${notFound}. The paths of the API begin with /api/v1/.`],
  ['/api/v1/api/v1/applications', `${notFound}. The path has /api/v1 twice.`],
])('the 404 for the undocumented path %s says "%s"', async (path, message) => {
  const { origin } = await startServer()
  const response = await fetch(origin + path)
  expect([response.status, await response.json()]).toEqual([404, { error: 'Not Found', message, code: 404 }])
  expect(json.servers[0]?.url).toBe('{origin}/api/v1')
})
