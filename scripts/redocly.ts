import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Options for running the Redocly CLI: no telemetry, and the project's root as working directory, for `redocly.yaml`.
 */
export const redoclyCli = {
  file: join(dirname(createRequire(import.meta.url).resolve('@redocly/cli/package.json')), 'bin/cli.js'),
  cwd: join(import.meta.dirname, '..'),
  env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
}

/**
 * Runs the Redocly CLI.
 * @returns what it writes to standard output
 * @throws Error that includes the standard error output if the exit code is not 0
 */
export function redocly(...args: string[]): string {
  const { file, cwd, env } = redoclyCli
  return execFileSync(process.execPath, [file, ...args], {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
