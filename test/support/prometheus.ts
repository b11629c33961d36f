import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'
import { temporaryFolder } from './server.ts'

export interface Sample {
  metric: Record<string, string>
  /** Null if the value is not a finite number. */
  value: number | null
}

export interface Prometheus {
  /** Runs an instant query. */
  query: (expression: string) => Promise<Sample[]>
  /** Reads `/api/v1/<path>`. @returns the response's `data` */
  read: (path: string) => Promise<unknown>
}

/** Runs Prometheus until the test ends. It scrapes the server once a second, as the job `rekey`. */
export async function startPrometheus(origin: string, rules: string): Promise<Prometheus> {
  const folder = temporaryFolder()
  const address = `127.0.0.1:${await freePort()}`
  const file = join(folder, 'prometheus.yaml')
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    scrape_configs: [{ job_name: 'rekey', static_configs: [{ targets: [new URL(origin).host] }] }],
  }
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(config))
  const child = spawn(
    'prometheus',
    [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus did not start: ${output}`)
    return (await fetch(`http://${address}/-/ready`).catch(() => undefined))?.ok
  }
  await expect.poll(isReady, { timeout: 30_000 }).toBe(true)

  const read = async (path: string) => {
    const response = await fetch(`http://${address}/api/v1/${path}`)
    const { data, error } = (await response.json()) as { data: unknown; error?: string }
    if (error !== undefined) throw new Error(`${path}: ${error}`)
    return data
  }
  const query = async (expression: string) => {
    const { result } = (await read(`query?query=${encodeURIComponent(expression)}`)) as {
      result: { metric: Record<string, string>; value: [number, string] }[]
    }
    return result.map(({ metric, value: [, text] }) => ({
      metric,
      value: Number.isFinite(Number(text)) ? Number(text) : null,
    }))
  }
  return { query, read }
}
