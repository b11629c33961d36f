import { ConfigError } from './config.ts'
import { RekeyError } from './errors.ts'
import { audit, usage as auditUsage } from './commands/audit.ts'
import { keygen, usage as keygenUsage } from './commands/keygen.ts'
import { migrate, usage as migrateUsage } from './commands/migrate.ts'
import { readOptions, UsageError } from './commands/options.ts'
import { rewrap, usage as rewrapUsage } from './commands/rewrap.ts'
import { rotate, usage as rotateUsage } from './commands/rotate.ts'
import { serve, usage as serveUsage } from './commands/serve.ts'
import { token, usage as tokenUsage } from './commands/token.ts'

interface Command {
  usage: string
  run: (args: string[]) => Promise<void> | void
}

/** A command that takes no options. */
function plain(run: () => Promise<void> | void): Command['run'] {
  return (args) => {
    readOptions(args, {})
    return run()
  }
}

const commands: Record<string, Command> = {
  serve: { usage: serveUsage, run: plain(() => serve(process.env)) },
  migrate: { usage: migrateUsage, run: plain(() => migrate(process.env)) },
  token: { usage: tokenUsage, run: (args) => token(process.env, args) },
  keygen: { usage: keygenUsage, run: plain(keygen) },
  rotate: { usage: rotateUsage, run: (args) => rotate(process.env, args) },
  rewrap: { usage: rewrapUsage, run: plain(() => rewrap(process.env)) },
  audit: { usage: auditUsage, run: (args) => audit(process.env, args) },
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
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    process.stderr.write(name === '' ? overview : `rekey: there is no command ${name}\n\n${overview}`)
    return 2
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(command.usage)
    return 0
  }
  try {
    await command.run(args)
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
  return error instanceof RekeyError && cause instanceof Error ? `${message} (${cause.message})` : message
}

function configurationHelp({ faults }: ConfigError): string {
  return `rekey: the configuration has faults:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`
}
