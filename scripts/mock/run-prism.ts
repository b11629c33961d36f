import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { delayVariable } from './delay.ts'
import { mockDocument, proxyDocument } from './mock-document.ts'

export interface PrismOptions {
  host: string
  port: number
  delayMs: number
  /** Makes `dynamic` values the same in every run. */
  seed: string | undefined
  /** Whether to generate responses from schemas instead of examples. */
  dynamic: boolean
  /** Whether a response that violates the document becomes an error. */
  errors: boolean
  /** The real server that responds, if any. */
  proxy: string | undefined
}

/** Runs Prism until a signal ends it. @returns its exit code */
export async function runPrism(options: PrismOptions): Promise<number> {
  const { host, port, delayMs, seed, dynamic, errors, proxy } = options
  const folder = mkdtempSync(join(tmpdir(), 'rekey-mock-'))
  try {
    const file = join(folder, 'openapi.json')
    writeFileSync(file, JSON.stringify(proxy === undefined ? mockDocument() : proxyDocument()))
    const prism = createRequire(import.meta.url).resolve('@stoplight/prism-cli')
    const args = [
      ...(proxy === undefined ? ['mock', file] : ['proxy', file, proxy]),
      ...['--port', `${port}`, '--host', host],
      ...(errors ? ['--errors'] : []),
      ...(dynamic ? ['--dynamic'] : []),
      ...(seed === undefined ? [] : ['--seed', seed]),
    ]
    const preload = delayMs > 0 ? ['--import', join(import.meta.dirname, 'delay.ts')] : []
    const child = spawn(process.execPath, [...preload, prism, ...args], {
      stdio: 'inherit',
      // With NODE_ENV=production, Prism tries to start several processes and fails.
      env: { ...process.env, NODE_ENV: 'development', [delayVariable]: `${delayMs}` },
    })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal))
    const [code] = (await once(child, 'close')) as [number | null]
    return code ?? 0
  } finally {
    rmSync(folder, { recursive: true })
  }
}
