/**
 * Serves the document without a server: Prism answers every operation with the examples of the document,
 * on port 4010 unless `--port` names another. With `--proxy URL` it passes requests on to the real server
 * at that origin, and an answer that is against the document gets a header `sl-violations` that tells how.
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

/** Prism sends a header with every answer that may have it; these would tell of what did not happen. */
const rare = ['IdempotencyReplayed', 'OptionalRetryAfter'].map((name) => `#/components/headers/${name}`)

/** The document as Prism needs it: it does not route the path of `servers`, so each path begins with it. */
function prismDocument(isMock: boolean): Document {
  const text = readFileSync(join(import.meta.dirname, '../generated/openapi.json'), 'utf8')
  const document = JSON.parse(text, (_, node: { $ref?: string } | null) =>
    isMock && rare.includes(node?.$ref ?? '') ? undefined : node,
  ) as Document
  const { servers, paths } = document
  const prefixed = Object.entries(paths).map(([path, item]) => [`${servers[0]?.url}${path}`, item] as const)
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
    // In production Prism would answer from several processes, and fails to.
    env: { ...process.env, NODE_ENV: 'development' },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal))
  const [code] = (await once(child, 'close')) as [number | null]
  process.exitCode = code ?? 0
} finally {
  rmSync(folder, { recursive: true })
}
