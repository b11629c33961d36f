/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-argument,
   @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access,
   @typescript-eslint/no-unsafe-return -- the changes edit an untyped document */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import released from '../../openapi/released/openapi.json' with { type: 'json' }

type Document = any
type Change = (document: Document) => unknown

const webhook = '/applications/{applicationId}/webhooks/{webhookId}'
const secret = `${webhook}/secret`
const rotation = (d: Document) => d.paths[secret].patch
const schema = (d: Document, name: string) => d.components.schemas[name]
const property = (d: Document, name: string, key: string) => schema(d, name).properties[key]
const without = (list: string[], name: string) => list.filter((item) => item !== name)
const parameter = (more: object) => ({ name: 'note', in: 'query', schema: { type: 'string' }, ...more })

/** Breaking changes, each with text that the check must report. They do not conflict, so one document has them all. */
// prettier-ignore
const breaking: [string, Change, string][] = [
  ['a removed path', (d) => Reflect.deleteProperty(d.paths, `${secret}/previous`), `Path \`${secret}/previous\` was removed`],
  ['a removed operation', (d) => delete d.paths[secret].get, `Operation \`GET ${secret}\` was removed`],
  ['a changed operationId', (d) => (rotation(d).operationId = 'rotate'), "changed from 'rotateWebhookSecret' to 'rotate'"],
  ['a changed server', (d) => (d.servers[0].url = '{origin}/api/v2'), 'became `{origin}/api/v2`'],
  ['a changed authentication scheme', (d) => (d.components.securitySchemes.bearerAuth.scheme = 'basic'), "changed from 'bearer' to 'basic'"],
  ['a changed scope', (d) => (d.paths[`${webhook}/events`].get.security = [{ bearerAuth: ['events:list'] }]), "requires new scopes: 'events:list'"],
  ['an additional scope', (d) => rotation(d).security[0].bearerAuth.push('secrets:admin'), "requires new scopes: 'secrets:admin'"],
  ['a new required parameter', (d) => rotation(d).parameters.push(parameter({ required: true })), 'Required `note` query parameter was added'],
  ['a removed parameter', (d) => d.paths[`${webhook}/events`].get.parameters.pop(), '`cursor` query parameter was removed'],
  ['a parameter that becomes required', (d) => (d.components.parameters.IfMatch.required = true), '`If-Match` header parameter became required'],
  ['a parameter with a lower maximum', (d) => (d.components.parameters.Limit.schema.maximum = 50), "changed from '<= 100' to '<= 50'"],
  ['a parameter with a changed default', (d) => (d.components.parameters.Limit.schema.default = 10), 'default 50 became 10'],
  ['a parameter with a changed pattern', (d) => (schema(d, 'Id').pattern = '^[a-z]+$'), "to '^[a-z]+$'"],
  ['a body that becomes required', (d) => (rotation(d).requestBody.required = true), 'Request body became required'],
  ['a lower body size limit', (d) => (d.paths[`${webhook}/signatures`].post['x-max-body-bytes'] = 65_536), 'x-max-body-bytes 6815744 became 65536'],
  ['a request media type that is no longer accepted', (d) => (d.paths['/applications/{applicationId}'].put.requestBody.content = { 'text/plain': {} }), 'put/requestBody/content/application~1json Media type `application/json` was removed'],
  ['a request property that becomes required', (d) => (schema(d, 'RotationInput').required = ['reason']), 'became required: `reason`'],
  ['a request property that is no longer accepted', (d) => delete schema(d, 'RotationInput').properties.overlapSeconds, 'Property `overlapSeconds` of `RotationInput` was removed'],
  ['a request property with a changed type', (d) => (property(d, 'RotationInput', 'reason').type = 'integer'), "Type of `reason` narrowed from 'string' to 'integer'"],
  ['a higher minimum length', (d) => (property(d, 'RotationInput', 'signingSecret').minLength = 50), "`minLength` of `signingSecret` changed from '38' to '50'"],
  ['a lower maximum length', (d) => (property(d, 'WebhookInput', 'description').maxLength = 100), "`maxLength` of `description` changed from '500' to '100'"],
  ['an enum value that is no longer accepted', (d) => schema(d, 'PayloadEncoding').enum.pop(), "Enum of `payloadEncoding` lost values: 'base64'"],
  ['a status that is no longer returned', (d) => delete d.paths[webhook].put.responses['201'], 'Response `201` was removed'],
  ['a media type that is no longer returned', (d) => (d.paths[`${webhook}/signatures/verify`].post.responses['200'].content = { 'text/plain': {} }), 'post/responses/200/content/application~1json Media type `application/json` was removed'],
  ['a property that is no longer returned', (d) => delete schema(d, 'Webhook').properties.liveKeys, 'Property `liveKeys` of `Webhook` was removed'],
  ['a response property that becomes optional', (d) => (schema(d, 'Event').required = without(schema(d, 'Event').required, 'hash')), 'no longer required: `hash`'],
  ['a response property that becomes nullable', (d) => (property(d, 'RotatedSecret', 'signingSecret').type = ['string', 'null']), "Type of `signingSecret` widened from 'string' to 'string | null'"],
  ['a new enum value in a response', (d) => property(d, 'Event', 'type').enum.push('secret.lost'), "Enum of `type` gained values: 'secret.lost'"],
  ['a changed format in a response', (d) => (property(d, 'Event', 'at').format = 'date'), "changed from 'date-time' to 'date'"],
  ['a removed response header', (d) => delete d.paths[webhook].get.responses['200'].headers['Cache-Control'], 'Response header `Cache-Control` was removed'],
  ['a response header that becomes optional', (d) => (d.components.headers.KeyETag.required = false), 'required true became false'],
]

const harmless: Change[] = [
  (d) => (d.paths['/keys'] = { get: { ...d.paths['/applications'].get, operationId: 'listKeys' } }),
  (d) => rotation(d).parameters.push(parameter({})),
  (d) => (schema(d, 'RotationInput').properties.note = { type: 'string' }),
  (d) => (schema(d, 'RotatedSecret').properties.note = { type: 'string' }),
  (d) => delete schema(d, 'MessageInput').required,
  (d) => (property(d, 'RotationInput', 'reason').type = ['string', 'null']),
  (d) => (property(d, 'WebhookInput', 'description').maxLength = 1000),
  (d) => (d.paths[`${webhook}/signatures`].post['x-max-body-bytes'] *= 2),
  (d) => schema(d, 'PayloadEncoding').enum.push('hex'),
  (d) => schema(d, 'KeyState').enum.pop(),
  (d) => (rotation(d).security = [{ bearerAuth: [] }]),
  (d) => (rotation(d).responses['428'] = { description: 'Precondition required.' }),
  (d) => (rotation(d).responses['200'].headers['X-New'] = { schema: { type: 'string' } }),
  (d) => (d.info.description = rotation(d).summary = schema(d, 'Id').description = 'Other words.'),
  (d) => (d.components.parameters.Limit.example = rotation(d)['x-codeSamples'].pop().source.length),
]

const reported = check(changed(...breaking.map(([, change]) => change))).stderr.split('\n')

test.for(breaking)('%s is reported as a breaking change', ([, , text]) => {
  expect(reported).toContainEqual(expect.stringContaining(text))
})

test('additions, relaxed rules, values no longer returned and new wording are not reported as breaking changes', () => {
  const stdout = 'breaking changes since 0.1.0: 0, accepted: 0\n'
  expect(check(changed(...harmless))).toEqual({ status: 0, stdout, stderr: '' })
})

const withoutOperation = changed(
  (d) => delete d.paths[secret].get,
  (d) => (d.info.version = '1.0.0'),
)

test('a breaking change fails the check even in a new major version', () => {
  expect(check(withoutOperation)).toEqual({
    status: 1,
    stdout: 'breaking changes since 0.1.0: 1, accepted: 0\n',
    stderr: expect.stringMatching(
      /^not accepted: .*Operation `GET .* was removed.*\nRevert the changes, or update/,
    ),
  })
})

test('a breaking change passes the check if it is accepted with a reason, and an acceptance without a matching change fails the check', () => {
  const [, change = ''] = /^not accepted: (.*)$/m.exec(check(withoutOperation).stderr) ?? []
  const reason = 'Nobody called it, and it told too much.'
  const accepted = [{ change, reason }]
  expect(check(withoutOperation, accepted)).toEqual({
    status: 0,
    stdout: `breaking changes since 0.1.0: 1, accepted: 1\naccepted: ${change}\n  ${reason}\n`,
    stderr: '',
  })
  expect(check(changed(), accepted)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`accepted, but no longer found: ${change}`),
  })
  expect(check(withoutOperation, [{ change, reason: '' }]).status).toBe(1)
})

/** Applies the changes to a copy of the released OpenAPI document. */
function changed(...changes: Change[]): Document {
  const copy: Document = structuredClone(released)
  for (const change of changes) change(copy)
  return copy
}

/** Runs `scripts/check-breaking.ts` in a temporary folder, with `after` in place of the current OpenAPI document. */
function check(after: Document, accepted: { change: string; reason: string }[] = []) {
  const cwd = mkdtempSync(join(tmpdir(), 'rekey-breaking-'))
  try {
    const write = (file: string, content: unknown) => {
      mkdirSync(dirname(join(cwd, file)), { recursive: true })
      writeFileSync(join(cwd, file), JSON.stringify(content))
    }
    write('openapi/released/openapi.json', released)
    write('openapi/released/accepted-breaks.json', accepted)
    write('generated/openapi.json', after)
    const script = join(import.meta.dirname, '../../scripts/check-breaking.ts')
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { cwd, encoding: 'utf8' })
    return { status, stdout, stderr }
  } finally {
    rmSync(cwd, { recursive: true })
  }
}
