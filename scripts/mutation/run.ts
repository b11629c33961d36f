/**
 * Mutation testing: `npm run mutation`. Breaks the domain and the authentication on purpose, in one place at
 * a time, and fails unless the tests notice 85 % of it. What only this needs is installed on first use.
 * Arguments go to Stryker: `npm run mutation -- --mutate src/domain/rotation.ts`.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { installPackages } from '../install-packages.ts'

const stryker = join(import.meta.dirname, 'node_modules/@stryker-mutator/core/bin/stryker.js')

installPackages(import.meta.dirname)
const { status, error } = spawnSync(
  process.execPath,
  [stryker, 'run', join(import.meta.dirname, 'stryker.config.json'), ...process.argv.slice(2)],
  { cwd: join(import.meta.dirname, '../..'), stdio: 'inherit' },
)
if (error) throw error
process.exitCode = status ?? 1
