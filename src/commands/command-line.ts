import type { Environment } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { RekeyError } from '../errors.ts'
import { UsageError } from './shared/options.ts'

interface Command {
  usage: string
  run: (environment: Environment, args: string[]) => Promise<void> | void
}

/** Loaded by name, so that the server does not start with what only another command needs. */
const commands: Record<string, () => Promise<Command>> = {
  serve: () => import('./serve.ts'),
  migrate: () => import('./migrate.ts'),
  token: () => import('./token.ts'),
  keygen: () => import('./keygen.ts'),
  rotate: () => import('./rotate.ts'),
  rewrap: () => import('./rewrap.ts'),
  audit: () => import('./audit.ts'),
}

const overview = `rekey <command>

  serve     serves the API
  migrate   brings the tables up to date
  token     prints a token
  keygen    prints new keys for the server
  rotate    rotates the secrets of many webhooks
  rewrap    seals every secret again, under the newest encryption key
  audit     checks the audit trail

\`rekey <command> --help\` tells more.
`

/**
 * Runs the command that the arguments name.
 * @returns the exit code: 0, 1 for a failure, 2 for a wrong command line or configuration
 */
export async function runCommand([name = '', ...args]: string[]): Promise<number> {
  if (['--help', '-h', 'help'].includes(name)) {
    process.stdout.write(overview)
    return 0
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!load) {
    process.stderr.write(name === '' ? overview : `rekey: there is no command ${name}\n\n${overview}`)
    return 2
  }
  const command = await load()
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(command.usage)
    return 0
  }
  try {
    await command.run(process.env, args)
    return 0
  } catch (error) {
    if (error instanceof UsageError)
      process.stderr.write(`rekey ${name}: ${error.message}\n\n${command.usage}`)
    else if (error instanceof ConfigError) process.stderr.write(configurationHelp(error))
    else process.stderr.write(`rekey ${name}: ${describe(error)}\n`)
    return error instanceof UsageError || error instanceof ConfigError ? 2 : 1
  }
}

/** What a caller is not told, whoever runs the command is: why the database cannot be used. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  if (!(error instanceof RekeyError) || !(cause instanceof Error)) return message
  return error.kind === 'serviceUnavailable'
    ? `the database cannot be used: ${cause.message}`
    : `${message} (${cause.message})`
}

function configurationHelp({ faults }: ConfigError): string {
  return `rekey: the configuration has faults:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`
}
