import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tokens } from './environment.ts'
import { applications } from './owners.ts'

export type LoadOperation = 'rotate' | 'sign' | 'fan-out'

export interface Load {
  operation: LoadOperation
  connections: number
  seconds: number
  /** The number of webhooks over which the requests are spread. */
  webhooks: number
  /** The number of webhooks per request of a fan-out. */
  fanOut?: number
  /** Sends fan-outs for the first application, rotates for the last, and signs single messages for all others. */
  byTenant?: boolean
  /** Allows responses that report an error. They count as failed. */
  mayFail?: boolean
}

/** The measurements of one round. */
export interface Sample {
  /** Successful responses. */
  answers: number
  /** Requests without a successful response. */
  failed: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

/** The load generator for all contenders of this run. */
export const loadTool = hasWrk() ? 'wrk' : 'autocannon'

let first = 0

/**
 * Sends requests to a server, one at a time per connection.
 * @throws Error unless every response is a 200 with the expected body, or `mayFail` is set
 */
export async function load(
  origin: string,
  { operation, connections, seconds, webhooks, fanOut = 1, byTenant = false, mayFail = false }: Load,
): Promise<Sample> {
  first += 1
  const environment = {
    PATH: process.env['PATH'],
    BENCH_OPERATION: operation,
    BENCH_WEBHOOKS: String(webhooks),
    BENCH_FAN_OUT: String(fanOut),
    BENCH_TENANTS: byTenant ? '1' : '',
    BENCH_APPLICATIONS: String(applications),
    BENCH_FIRST: String((first * 104_729) % webhooks),
    BENCH_TOKENS: tokens.join(' '),
  }
  const wrk = [
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    '-s',
    beside('load.lua'),
    origin,
  ]
  const autocannon = [process.execPath, beside('autocannon.js'), String(connections), String(seconds), origin]
  const [program = '', ...args] = loadTool === 'wrk' ? wrk : autocannon
  const { stdout } = await promisify(execFile)(program, args, { env: environment })
  const [, numbers = '', firstWrong = ''] = /^RESULT ((?:\d+ ){6})(.*)$/m.exec(stdout) ?? []
  const [answers = 0, microseconds = 0, p50 = 0, p99 = 0, wrong = 0, errors = 0] = numbers
    .split(' ')
    .map(Number)
  const failed = wrong + errors
  if (numbers === '' || (failed > 0 && !mayFail))
    throw new Error(
      `${wrong} wrong responses and ${errors} errors, of ${answers} responses: ${firstWrong || stdout}`,
    )
  const right = answers - wrong
  return {
    ...{ answers: right, failed, perSecond: right / (microseconds / 1e6) },
    ...{ p50Ms: p50 / 1000, p99Ms: p99 / 1000 },
  }
}

function beside(name: string): string {
  return join(import.meta.dirname, name)
}

function hasWrk(): boolean {
  try {
    // `wrk -v` prints the version and exits with code 1. Only ENOENT means that wrk is not installed.
    execFileSync('wrk', ['-v'], { stdio: 'ignore' })
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT')
  }
}
