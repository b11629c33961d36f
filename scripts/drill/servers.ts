import { spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../src/config/config.ts'

const main = join(import.meta.dirname, '../../src/main.ts')
const clock = join(import.meta.dirname, 'stepped-clock.ts')

/** How long a server may take to start or to stop, in milliseconds. */
const patienceMs = 60_000

/** A `rekey serve` process that a drill kills, freezes and starts again. */
export class DrillServer {
  /** The origin while the server runs, for example `http://127.0.0.1:40123`. */
  origin: string | undefined
  readonly #folder: string
  readonly #clockFile: string
  readonly #environment: Environment
  #child: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()

  constructor(folder: string, name: string, environment: Environment) {
    this.#folder = folder
    this.#clockFile = join(folder, `${name}.clock`)
    this.#environment = environment
    this.stepClock(0)
    process.once('exit', () => this.#child?.kill('SIGKILL'))
  }

  /** Sets how far the server's clock is ahead of the true time, in milliseconds. */
  stepClock(offsetMs: number): void {
    writeFileSync(this.#clockFile, String(offsetMs))
  }

  /** Starts the server and resolves once it listens. @throws Error with its last output if it exits first */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--import', clock, main, 'serve'], {
      cwd: this.#folder,
      env: { ...this.#environment, DRILL_CLOCK: this.#clockFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    this.#ended = new Promise((resolve) => child.once('close', resolve))
    this.origin = await new Promise<string>((resolve, reject) => {
      let output = ''
      const fail = (what: string) => {
        reject(new Error(`a server ${what}: ${output.slice(-1_000)}`))
      }
      const timer = setTimeout(fail, patienceMs, `did not start within ${patienceMs} ms`)
      child.once('close', () => {
        clearTimeout(timer)
        fail('exited while it started')
      })
      const read = (text: string) => {
        output = (output + text).slice(-10_000)
        const [, origin] = /"origin":"([^"]+)"/.exec(output) ?? []
        if (origin === undefined) return
        clearTimeout(timer)
        resolve(origin)
      }
      child.stdout.setEncoding('utf8').on('data', read)
      child.stderr.setEncoding('utf8').on('data', read)
    })
  }

  /** Sends the signal and resolves once the process has ended. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.origin = undefined
    this.#child?.kill(signal)
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), patienceMs)
    await this.#ended
    clearTimeout(timer)
  }

  /** Suspends the process (SIGSTOP) or resumes it (SIGCONT). */
  freeze(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }
}
