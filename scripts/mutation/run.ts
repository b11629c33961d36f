/**
 * Runs the mutation tests: `npm run mutation`. Stryker mutates the domain and authentication code, one place at a time.
 * The run fails unless the tests detect at least 85% of the mutants. The first run installs Stryker. Arguments are
 * passed to Stryker: `npm run mutation -- --mutate src/domain/rotation.ts`.
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
