import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')

/** The folder of everything below. The test that uses this module removes it. */
export const folder = mkdtempSync(join(tmpdir(), 'rekey-package-'))
export const tarball = join(folder, `rekey-server-${packageJson.version}.tgz`)
/** The project in which the package is installed. */
export const app = join(folder, 'app')
/** The installed package. */
export const installed = join(app, 'node_modules/rekey-server')
export const bin = join(installed, 'src/bin.cjs')

/** A folder that contains only Node.js, to put on the PATH. */
const path = join(folder, 'path')

/** Builds and packs the package, and installs it in `app`. */
export async function installPackage(): Promise<void> {
  mkdirSync(path)
  mkdirSync(app)
  symlinkSync(process.execPath, join(path, 'node'))
  await run('npm', ['run', 'build'], root)
  await run('npm', ['pack', './dist', '--silent', '--pack-destination', folder], root)
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], app)
}

/** Runs a program. Rejects unless its exit code is 0. @returns its standard output */
export async function run(program: string, args: string[], cwd = folder): Promise<string> {
  // Keeps this checkout's `node_modules/.bin` off the PATH, because users of the package do not have it.
  const entries = (process.env['PATH'] ?? '').split(delimiter)
  const PATH = [path, ...entries.filter((entry) => !entry.includes('node_modules'))].join(delimiter)
  const env = { ...process.env, PATH, NO_COLOR: '1' }
  try {
    return (await promisify(execFile)(program, args, { cwd, env, timeout: 180_000 })).stdout
  } catch (error) {
    // Compilers report errors on standard output, which `error.message` omits.
    if (error instanceof Error && 'stdout' in error) error.message += `\n${String(error.stdout)}`
    throw error
  }
}
