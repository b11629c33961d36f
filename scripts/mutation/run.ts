/**
 * Mutation testing: `npm run mutation`. Breaks the domain and the authentication on purpose, in one place at
 * a time, and fails unless the tests notice 85 % of it. What only this needs is installed on first use.
 * Arguments go to Stryker: `npm run mutation -- --mutate src/domain/rotation.ts`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const stryker = join(import.meta.dirname, 'node_modules/@stryker-mutator/core/bin/stryker.js')

if (!existsSync(stryker))
  run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], import.meta.dirname)
run(
  process.execPath,
  [stryker, 'run', join(import.meta.dirname, 'stryker.config.json'), ...process.argv.slice(2)],
  join(import.meta.dirname, '../..'),
)

function run(program: string, args: string[], cwd: string): void {
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
