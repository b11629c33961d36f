import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './contenders.ts'
import { progress } from './progress.ts'

/** The commit that was released last. */
const commit = '1c7cef5'

/**
 * Builds the previous release from this clone's history, with the packages of that release. A later run uses the same
 * build.
 * @returns the folder that holds it
 * @throws Error if the clone is too shallow
 */
export function buildPrevious(): string {
  const folder = join(tmpdir(), `rekey-bench-${commit}`)
  if (existsSync(join(folder, 'dist/src/main.js'))) return folder
  progress(`building the previous release (${commit})`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const archive = join(folder, 'previous.tar')
  const run = (program: string, args: string[], cwd = folder) =>
    execFileSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    run('git', ['archive', '--output', archive, commit], root)
  } catch (cause) {
    throw new Error(`this clone has no commit ${commit}; run git fetch --unshallow`, { cause })
  }
  run('tar', ['-xf', archive])
  run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'])
  run(process.execPath, ['scripts/build.ts'])
  return folder
}
