import { spawn } from 'node:child_process'
import { chownSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import type { Image } from './image.ts'
import { temporaryFolder } from './server.ts'

export interface Container {
  /** The process ID on the host. */
  pid: Promise<number>
  output: () => string
  /** Resolves with the exit code; null if a signal ended the process. */
  ended: Promise<number | null>
}

export interface ContainerOptions {
  environment?: Environment
  /** Replaces the image's CMD. */
  command?: string[]
  /** Replaces the image's ENTRYPOINT. */
  entrypoint?: string[]
  /** The folder to mount as the volume. Defaults to a new volume. */
  volume?: string
  /** Files to mount in /run/secrets, by name, as Compose does. */
  secrets?: Record<string, string>
}

/**
 * Runs an image like `docker run --network host --read-only --tmpfs /tmp --cap-drop ALL --security-opt
 * no-new-privileges`. The process is PID 1 and runs as the image's user.
 */
export function startContainer(image: Image, options: ContainerOptions = {}): Container {
  const [uid = '', gid = ''] = image.user.split(':')
  const volume = options.volume ?? newVolume(image)
  const environment = { ...image.environment, ...options.environment }
  const child = spawn(
    'bwrap',
    [
      ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--as-pid-1', '--die-with-parent', '--clearenv'],
      ...['--ro-bind', '/usr', '/usr', '--ro-bind', join(image.root, 'usr/local'), '/usr/local'],
      ...['bin', 'lib', 'lib64', 'sbin'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]),
      ...['--ro-bind', process.execPath, '/usr/local/bin/node', '--ro-bind', '/etc', '/etc'],
      ...['--ro-bind', join(image.root, 'app'), '/app', '--bind', volume, image.volumes[0] ?? '/data'],
      // By default, bubblewrap creates folders that only root can enter.
      ...['/run', '/run/secrets'].flatMap((path) => ['--perms', '0755', '--dir', path]),
      ...Object.entries(options.secrets ?? {}).flatMap(([name, file]) => [
        ...['--ro-bind', file, `/run/secrets/${name}`],
      ]),
      ...['--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--remount-ro', '/'],
      ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value ?? '']),
      ...['--chdir', image.workingFolder, '--info-fd', '3'],
      ...['setpriv', '--reuid', uid, '--regid', gid, '--clear-groups', '--no-new-privs'],
      ...['--inh-caps=-all', '--bounding-set=-all'],
      ...(options.entrypoint ?? image.entrypoint),
      ...(options.command ?? image.command),
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const pid = new Promise<number>((resolve) => {
    let info = ''
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      info += chunk.toString()
      const [, number] = /"child-pid": (\d+)/.exec(info) ?? []
      if (number !== undefined) resolve(Number(number))
    })
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { pid, output: () => output, ended }
}

/** Creates a volume as a container engine does, with the same owner and mode as the folder in the image. */
export function newVolume(image: Image): string {
  const { uid, gid, mode } = statSync(join(image.root, image.volumes[0] ?? ''))
  const volume = join(temporaryFolder(), 'volume')
  mkdirSync(volume, { mode: mode & 0o777 })
  chownSync(volume, uid, gid)
  return volume
}
