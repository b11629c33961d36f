/**
 * Sends a mixed load to a real `rekey serve` and watches its memory usage: `npm run soak -- --minutes 10`. Exits with
 * code 1 if memory usage grows after the warm-up or is too high.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { SignJWT } from 'jose'
import { scopes } from '../generated/scopes.ts'
import { runLoad, type Tally } from './soak/load.ts'
import { faultsOf, growthOf, parts, readSample, type Sample } from './soak/memory.ts'

const sampleEveryMs = 5_000
/** Collects garbage before each `/metrics` response, so the metrics include only memory in use. */
const collect = `
  import { subscribe } from 'node:diagnostics_channel'
  subscribe('http.server.request.start', ({ request }) => request.url === '/metrics' && gc())
`
/**
 * Limits the young generation. By default, V8 enlarges it under load and keeps it at 100 MiB or more, which would hide
 * a leak for hours.
 */
const v8Flags = [
  ...['--max-semi-space-size=16', '--v8-pool-size=0', '--expose-gc'],
  ...['--import', `data:text/javascript,${encodeURIComponent(collect)}`],
]
/** The share of the run that counts as the warm-up, in which caches and heaps grow to their final size. */
const warmUpShare = 0.5

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const minutes = Number(values.minutes)
if (!(minutes >= 5 && minutes <= 600)) throw new Error('--minutes must be a number from 5 to 600')

const jwtSecret = randomBytes(32).toString('base64')
const folder = mkdtempSync(join(tmpdir(), 'rekey-soak-'))
const server = await startServer()
const stopping = new AbortController()
const samples: Sample[] = []
try {
  const load = runLoad(server.origin, await newToken(), stopping.signal)
  const [tally] = await Promise.all([load, Promise.race([watch(), load])])
  report(tally)
} finally {
  stopping.abort()
  await server.stop()
}

async function watch(): Promise<void> {
  const start = performance.now()
  const seconds = () => Math.round((performance.now() - start) / 1000)
  while (seconds() < minutes * 60) {
    await delay(sampleEveryMs)
    const metrics = await (await fetch(`${server.origin}/metrics`)).text()
    const sample = readSample(metrics, seconds())
    samples.push(sample)
    const { rss, heap } = sample
    const line = `${String(sample.seconds).padStart(5)} of ${minutes * 60} s: rss ${mib(rss)} MiB, heap ${mib(heap)} MiB`
    if (process.stderr.isTTY) process.stderr.write(`\r${line}`)
    else if (samples.length % 6 === 0) console.error(line)
  }
  stopping.abort()
}

function report(tally: Tally): void {
  const warmUpSeconds = minutes * 60 * warmUpShare
  const columns = parts.map((part) => `${part} MiB: min | mean | max`)
  console.log(`\n| minute | ${columns.join(' | ')} |\n|${'---|'.repeat(7)}`)
  for (let minute = 0; minute < minutes; minute++) {
    const inMinute = samples.filter(({ seconds }) => Math.floor((seconds - 1) / 60) === minute)
    if (inMinute.length === 0) continue
    const cells = parts.flatMap((part) => {
      const sizes = inMinute.map((sample) => sample[part])
      const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
      return [Math.min(...sizes), mean, Math.max(...sizes)].map(mib)
    })
    console.log(`| ${minute + 1} | ${cells.join(' | ')} |`)
  }
  const total = [...tally.values()].reduce((sum, count) => sum + count, 0)
  console.log(`\n${total} requests, ${Math.round(total / minutes / 60)} per second:`)
  for (const [what, count] of [...tally].sort()) console.log(`  ${what}: ${count}`)
  for (const part of parts) {
    const { mean, perMinute, share } = growthOf(samples, part, warmUpSeconds)
    const percent = (100 * share).toFixed(1)
    console.log(
      `${part} after ${warmUpSeconds} s: mean ${mib(mean)} MiB, ${mib(perMinute)} MiB per minute, ${percent}% in total`,
    )
  }
  const faults = faultsOf(samples, warmUpSeconds)
  console.log(faults.length === 0 ? 'flat' : `NOT flat: ${faults.join('; ')}`)
  if (faults.length > 0) process.exitCode = 1
}

/** Starts a server with NODE_ENV=production, and discards its log. */
async function startServer(): Promise<{ origin: string; stop: () => Promise<void> }> {
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [...v8Flags, main, 'serve'], {
    cwd: folder,
    env: {
      NODE_ENV: 'production',
      PORT: '0',
      REKEY_JWT_SECRET: jwtSecret,
      REKEY_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      REKEY_ROTATIONS_PER_MINUTE: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve()
    }),
  )
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`the server ended with ${code}`))
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const [, found] = /"origin":"([^"]+)"/.exec(text) ?? []
      if (found) resolve(found)
    })
  })
  return {
    origin,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

function newToken(): Promise<string> {
  return new SignJWT({ scope: scopes.join(' '), applications: '*', sub: 'soak' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(`${minutes + 10} minutes`)
    .sign(Buffer.from(jwtSecret))
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1)
}
