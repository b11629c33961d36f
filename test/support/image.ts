import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, statSync, symlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { Copy, DockerfileParser, JSONInstruction, type Instruction } from 'dockerfile-ast'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './server.ts'

const project = join(import.meta.dirname, '../..')

/** An image built from a Dockerfile: a root folder, and the settings for running it. */
export interface Image {
  root: string
  environment: Record<string, string>
  workingFolder: string
  user: string
  volumes: string[]
  entrypoint: string[]
  command: string[]
  healthcheck: string[]
}

/**
 * Builds the project's Dockerfile instruction by instruction, without a container engine. bubblewrap runs each RUN with
 * the image as its root, but with the machine's /usr and this process's Node.js instead of the base image's.
 */
export function buildImage(): Image {
  const context = buildContext()
  const stages = new Map<string, Image>()
  let image: Image | undefined
  for (const instruction of DockerfileParser.parse(
    readFileSync(join(project, 'Dockerfile'), 'utf8'),
  ).getInstructions()) {
    const keyword = instruction.getKeyword()
    const words = instruction.getArguments().map((argument) => argument.getValue())
    if (keyword === 'FROM') {
      image = baseImage()
      stages.set(words[2] ?? 'last', image)
    } else if (image) follow(image, instruction, words, context, stages)
  }
  if (!image) throw new Error('the Dockerfile has no FROM')
  return image
}

function follow(
  image: Image,
  instruction: Instruction,
  words: string[],
  context: string,
  stages: Map<string, Image>,
): void {
  switch (instruction.getKeyword()) {
    case 'WORKDIR':
      image.workingFolder = words[0] ?? '/'
      mkdirSync(join(image.root, image.workingFolder), { recursive: true })
      return
    case 'COPY':
      if (instruction instanceof Copy) copy(image, instruction, context, stages)
      return
    case 'RUN':
      run(image, instruction.getRawArgumentsContent() ?? '')
      return
    case 'ENV':
      for (const word of words) {
        const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(word) ?? []
        image.environment[name] = value
      }
      return
    case 'USER':
      image.user = words[0] ?? ''
      return
    case 'VOLUME':
      image.volumes.push(...words)
      return
    case 'ENTRYPOINT':
      image.entrypoint = execForm(instruction)
      return
    case 'CMD':
      image.command = execForm(instruction)
      return
    case 'HEALTHCHECK':
      image.healthcheck = JSON.parse(
        /CMD\s+(\[.*\])$/s.exec(instruction.getRawArgumentsContent() ?? '')?.[1] ?? 'null',
      ) as string[]
      return
    case 'EXPOSE':
      return
    default:
      throw new Error(`unsupported instruction: ${instruction.getKeyword()}`)
  }
}

/** Imitates node:24-slim with npm and empty folders. Node.js itself is mounted when a command runs in the image. */
function baseImage(): Image {
  const root = imageFolder()
  for (const folder of ['usr/local/bin', 'usr/local/lib/node_modules', 'opt', 'tmp', 'root'])
    mkdirSync(join(root, folder), { recursive: true })
  const npm = dirname(
    dirname(realpathSync(spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim())),
  )
  cpSync(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) symlinkSync(`usr/${name}`, join(root, name))
  return {
    root,
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    workingFolder: '/',
    user: '0:0',
    volumes: [],
    entrypoint: [],
    command: [],
    healthcheck: [],
  }
}

/** Creates a folder, and removes it after the test. On a busy disk, the removal can take up to two minutes. */
function imageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-image-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }), 120_000)
  return folder
}

/** Copies the paths in the `!` lines of .dockerignore, which excludes everything else. @returns the target folder */
function buildContext(): string {
  const context = temporaryFolder()
  const lines = readFileSync(join(project, '.dockerignore'), 'utf8').split('\n')
  for (const name of lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1)))
    cpSync(join(project, name), join(context, name), { recursive: true })
  return context
}

function copy(image: Image, instruction: Copy, context: string, stages: Map<string, Image>): void {
  const from = instruction.getFromFlag()?.getValue()
  const stage = from == null ? undefined : stages.get(from)
  if (from != null && !stage) throw new Error(`COPY --from names an unknown stage: ${from}`)
  const paths = instruction.getArguments().map((argument) => argument.getValue())
  const target = paths.pop() ?? ''
  const destination = join(image.root, resolve(image.workingFolder, target))
  for (const path of paths) {
    const source = join(stage?.root ?? context, path)
    const intoFolder = target.endsWith('/') && !statSync(source).isDirectory()
    const file = intoFolder ? join(destination, basename(path)) : destination
    mkdirSync(dirname(file), { recursive: true })
    // Hard links are faster than copies, and work because all stages are on one disk.
    execFileSync('cp', ['--archive', ...(stage ? ['--link'] : []), '--no-target-directory', source, file])
  }
}

/** Runs a script in the image. The script has network access and this user's npm settings and cache. */
function run(image: Image, script: string): void {
  const home = process.env['HOME'] ?? '/root'
  const { status, stderr } = spawnSync(
    'bwrap',
    [
      ...['--bind', image.root, '/', '--ro-bind', '/usr', '/usr', '--dev', '/dev', '--proc', '/proc'],
      ...['--bind', join(image.root, 'usr/local'), '/usr/local', '--ro-bind', '/etc', '/etc'],
      ...['--ro-bind', process.execPath, '/usr/local/bin/node', '--bind', home, home],
      ...['--chdir', image.workingFolder, 'sh', '-c', script],
    ],
    { encoding: 'utf8', env: { ...buildEnvironment(), ...image.environment } },
  )
  if (status !== 0) throw new Error(`${script}: ${stderr}`)
}

/**
 * Returns this process's environment without the variables that npm set for the script that runs these tests. Keeps
 * the settings that npm needs to reach its registry, including the machine's certificates.
 */
function buildEnvironment(): NodeJS.ProcessEnv {
  const reaches = /^npm_config_(registry|userconfig|cache|cafile|https?_proxy|proxy|noproxy)$/i
  const isOfScripts = /^(npm_|NODE_(?!EXTRA_CA_CERTS$)|INIT_CWD$)/i
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => reaches.test(name) || !isOfScripts.test(name)),
  )
}

function execForm(instruction: Instruction): string[] {
  if (!(instruction instanceof JSONInstruction) || !instruction.getOpeningBracket())
    throw new Error(`${instruction.getKeyword()} is not in exec form`)
  return instruction.getJSONStrings().map((argument) => JSON.parse(argument.getValue()) as string)
}
