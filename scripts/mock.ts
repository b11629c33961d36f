/**
 * Mocks the server: Prism responds to every operation with the OpenAPI document's examples. The port defaults to 4010
 * (`--port`). With `--proxy URL`, Prism forwards requests to the real server at that URL instead. If a response
 * violates the document, Prism lists the violations in the response header `sl-violations`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

interface Document {
  servers: { url: string }[]
  paths: Record<string, unknown>
}

/** Optional headers to omit: Prism would send them with every response, although few responses need them. */
const rare = ['IdempotencyReplayed', 'OptionalRetryAfter'].map((name) => `#/components/headers/${name}`)

/**
 * Adapts the OpenAPI document for Prism: puts the base path from `servers` before every path, because Prism ignores
 * `servers`.
 */
function prismDocument(isMock: boolean): Document {
  const text = readFileSync(join(import.meta.dirname, '../generated/openapi.json'), 'utf8')
  const document = JSON.parse(text, (_, node: { $ref?: string } | null) =>
    isMock && rare.includes(node?.$ref ?? '') ? undefined : node,
  ) as Document
  const { servers, paths } = document
  const prefixed = Object.entries(paths).map(([path, item]) => [`${servers[0]?.url.replace('{origin}', '')}${path}`, item] as const)
  return { ...document, servers: [{ url: '/' }], paths: Object.fromEntries(prefixed) }
}

const { port, host, proxy } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    host: { type: 'string', default: '127.0.0.1' },
    proxy: { type: 'string' },
  },
}).values
const folder = mkdtempSync(join(tmpdir(), 'rekey-mock-'))
try {
  const file = join(folder, 'openapi.json')
  writeFileSync(file, JSON.stringify(prismDocument(proxy === undefined)))
  const prism = createRequire(import.meta.url).resolve('@stoplight/prism-cli')
  const mode = proxy === undefined ? ['mock', file] : ['proxy', file, proxy]
  const child = spawn(process.execPath, [prism, ...mode, '--port', port, '--host', host], {
    stdio: 'inherit',
    // With NODE_ENV=production, Prism tries to start several processes and fails.
    env: { ...process.env, NODE_ENV: 'development' },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal))
  const [code] = (await once(child, 'close')) as [number | null]
  process.exitCode = code ?? 0
} finally {
  rmSync(folder, { recursive: true })
}
