import { spawnSync, execFile } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import manifest from '../../src/client/package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')

/** The folder of everything below. The test that uses this module removes it. */
export const folder = mkdtempSync(join(tmpdir(), 'rekey-client-'))
export const tarball = join(folder, `rekey-client-${manifest.version}.tgz`)
/** The project of the runtimes, bundlers and test runners, in which the package is installed too. */
export const consumers = join(folder, 'consumers')
const npmOptions = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']

/** Packs the package, and installs it together with everything that consumes it. */
export async function installClient(): Promise<void> {
  cpSync(join(root, 'test/package/client'), consumers, { recursive: true })
  await run('npm', ['pack', './src/client', '--silent', '--pack-destination', folder], root)
  await run('npm', ['ci', ...npmOptions], consumers)
  await run('npm', ['install', '--no-save', ...npmOptions, tarball], consumers)
}

/** Creates a project whose only dependency is the package. @returns its folder */
export async function projectWithClient(): Promise<string> {
  const project = join(folder, 'project')
  mkdirSync(project)
  await run('npm', ['init', '--yes'], project)
  await run('npm', ['pkg', 'set', 'scripts.which=node --version'], project)
  await run('npm', ['install', ...npmOptions, tarball], project)
  return project
}

/**
 * Finds a program that the consumers' project installed; undefined if its package does not support this machine.
 */
export function programOf(pattern: string): string | undefined {
  const found = globSync(pattern, { cwd: join(consumers, 'node_modules') })
  return found
    .map((file) => join(consumers, 'node_modules', file))
    .find((file) => spawnSync(file, ['--version']).status === 0)
}

interface RunOptions {
  environment?: NodeJS.ProcessEnv
  /** The Node that the program finds in its PATH. */
  node?: string
}

/** Runs a program. Rejects unless its exit code is 0. @returns its standard output */
export async function run(
  program: string,
  args: string[],
  cwd: string,
  { environment, node = process.execPath }: RunOptions = {},
): Promise<string> {
  const path = mkdtempSync(join(folder, 'path-'))
  symlinkSync(node, join(path, 'node'))
  // Keeps this checkout's `node_modules/.bin` off the PATH, because users of the package do not have it.
  const entries = (process.env['PATH'] ?? '').split(delimiter)
  const PATH = [path, ...entries.filter((entry) => !entry.includes('node_modules'))].join(delimiter)
  const env = { ...process.env, PATH, NO_COLOR: '1', ...environment }
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env, timeout: 170_000 })
    return stdout
  } catch (error) {
    // Compilers report errors on standard output, which `error.message` omits.
    if (error instanceof Error && 'stdout' in error) error.message += `\n${String(error.stdout)}`
    throw error
  }
}
