import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { main } from '../support/command.ts'
import { codeBlocks, readPage } from '../support/documentation.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startHttpReceiver } from '../support/receivers.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const url = 'https://merchant.example/webhooks'

/** Returns the script in a chapter of docs/import.md. */
function script(chapter: string): string {
  const [, text = ''] =
    new RegExp(`## ${chapter}\\n(.*?)(?=\\n## )`, 's').exec(readPage('docs/import.md')) ?? []
  return codeBlocks(text, 'sh').join('\n')
}

/** Runs a script with `rekey` and the given commands in its path. @returns the report of `rekey import` */
async function run(
  server: TestServer,
  text: string,
  variables: object,
  commands: Record<string, string> = {},
) {
  const bin = join(server.folder, 'bin')
  mkdirSync(bin)
  const all = { rekey: `exec '${process.execPath}' '${main}' "$@"`, ...commands }
  for (const [name, body] of Object.entries(all)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const env = {
    ...exampleEnvironment,
    DATABASE_URL: server.databaseUrl,
    PATH: `${bin}:${process.env['PATH']}`,
    ...variables,
  }
  const { stdout } = await promisify(execFile)('sh', ['-ec', text], { cwd: server.folder, env })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as object
}

/** Starts a stand-in for another product's API. It returns 401 without the token `key`, and 404 for other paths. */
async function standIn(answers: Record<string, object>): Promise<string> {
  const { url } = await startHttpReceiver((request, response) => {
    const answer = answers[request.url ?? '']
    response.statusCode = request.headers.authorization !== 'Bearer key' ? 401 : answer ? 200 : 404
    response.end(JSON.stringify(answer ?? {}))
  })
  return new URL(url).origin
}

test('importing the example line does what the page says', async () => {
  const server = await startServer()
  const [, file = ''] = /```text\n(.*?)```/s.exec(readPage('docs/import.md')) ?? []
  writeFileSync(join(server.folder, 'secrets.jsonl'), file, { mode: 0o600 })
  expect(await run(server, script('Run it'), {})).toMatchObject({ created: 1, refused: [] })
})

test('the recipe for a table imports what the query returns', async () => {
  const server = await startServer()
  const line = { applicationId: 'app_1', webhookId: 'hook_1', url, signingSecret: secret }
  const psql = `printf '%s\\n' '${JSON.stringify(line)}'`
  const report = await run(
    server,
    script('From a table'),
    { PLATFORM_DATABASE: 'postgres://platform' },
    { psql },
  )
  expect(report).toMatchObject({ created: 1 })
})

test('the recipe for Svix imports every endpoint under the scheme svix', async (context) => {
  needsTools(context, 'curl', 'jq')
  const server = await startServer()
  const root = '/api/v1/app/app_1/endpoint/'
  const SVIX_SERVER = await standIn({
    [`${root}?limit=250`]: { data: [{ id: 'ep_1' }, { id: 'ep_2' }], done: true },
    ...Object.fromEntries(
      ['ep_1', 'ep_2'].flatMap((id): [string, object][] => [
        [`${root}${id}/`, { id, url, description: '' }],
        [`${root}${id}/secret/`, { key: secret }],
      ]),
    ),
  })
  const report = await run(server, script('From Svix'), { SVIX_SERVER, SVIX_TOKEN: 'key', APP: 'app_1' })
  expect(report).toMatchObject({ created: 2, refused: [], due: [] })
  const { body } = await server.api('GET', '/applications/app_1/webhooks/ep_2')
  expect(body).toMatchObject({ url, signatureScheme: 'svix', liveKeys: 1 })
})

test('the recipe for Convoy imports the secret that has no expiry', async (context) => {
  needsTools(context, 'curl', 'jq')
  const server = await startServer()
  const secrets = [
    { value: 'old-secret-of-the-endpoint', expires_at: '2026-01-01T00:00:00Z', deleted_at: '' },
    { value: 'chosen-by-a-person', expires_at: '0001-01-01T00:00:00Z', deleted_at: null },
  ]
  const endpoint = { uid: 'endpoint_1', project_id: 'project_1', owner_id: '', url, secrets }
  const CONVOY_SERVER = await standIn({
    '/api/v1/projects/project_1/endpoints?perPage=1000': { data: { content: [endpoint] } },
  })
  const variables = { CONVOY_SERVER, CONVOY_KEY: 'key', PROJECT: 'project_1' }
  const report = await run(server, script('From Convoy'), variables)
  const due = [{ applicationId: 'project_1', webhookId: 'endpoint_1' }]
  expect(report).toMatchObject({ created: 1, refused: [], due })
  const message = { payload: '{}', timestamp: 1 }
  const { body } = await server.api('POST', '/applications/project_1/webhooks/endpoint_1/signatures', {
    body: message,
  })
  const { createHmac } = await import('node:crypto')
  const expected = createHmac('sha256', 'chosen-by-a-person').update('1.{}').digest('hex')
  expect(JSON.stringify(body)).toContain(`v1=${expected}`)
})
