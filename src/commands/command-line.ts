import type { Environment } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { RekeyError } from '../errors.ts'
import { didYouMean } from './shared/did-you-mean.ts'
import { UsageError } from './shared/options.ts'

interface Command {
  usage: string
  run: (environment: Environment, args: string[]) => Promise<void> | void
}

/** Each command is loaded on demand, so the server loads no modules that only other commands need. */
const commands: Record<string, () => Promise<Command>> = {
  serve: () => import('./serve.ts'),
  migrate: () => import('./migrate.ts'),
  token: () => import('./token.ts'),
  keygen: () => import('./keygen.ts'),
  import: () => import('./import.ts'),
  rotate: () => import('./rotate.ts'),
  probe: () => import('./probe.ts'),
  revoke: () => import('./revoke.ts'),
  rewrap: () => import('./rewrap.ts'),
  audit: () => import('./audit.ts'),
  backup: () => import('./backup.ts'),
}

const overview = `Usage: rekey <command> [options]

Owns webhook signing secrets and rotates them without dropping a delivery.

Commands:
  serve     start the API server
  migrate   update the database schema
  token     print a token for the API
  keygen    print new keys for the server
  import    provision webhooks with the secrets that a platform already has
  rotate    rotate the secrets of many webhooks
  probe     test whether the receivers of many webhooks use their current secret
  revoke    end the overlaps of many webhooks
  rewrap    seal every secret again under the newest encryption key
  audit     verify the audit trail, or follow it
  backup    copy the SQLite database while servers run

Run \`rekey <command> --help\` for the options of a command.
`

/**
 * Runs the command named by the first argument.
 * @returns the exit code: 0 for success, 1 for a failure, 2 for an invalid command line or configuration
 */
export async function runCommand([name = '', ...args]: string[]): Promise<number> {
  if (['--help', '-h', 'help'].includes(name)) {
    process.stdout.write(overview)
    return 0
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!load) {
    const suggestion = didYouMean(name, Object.keys(commands))
    process.stderr.write(
      name === '' ? overview : `rekey: unknown command ${name}${suggestion}\n\n${overview}`,
    )
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

/**
 * Describes an error with its cause. API responses omit the cause, but an operator needs to know why the database is
 * unavailable.
 */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  if (!(error instanceof RekeyError) || !(cause instanceof Error)) return message
  return error.kind === 'serviceUnavailable'
    ? `the database is unavailable: ${cause.message}`
    : `${message} (${cause.message})`
}

function configurationHelp({ faults }: ConfigError): string {
  return `rekey: invalid configuration:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`
}
