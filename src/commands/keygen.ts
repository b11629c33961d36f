import type { Environment } from '../config/config.ts'
import { newEncryptionKeys, newJwtSecret } from './shared/new-keys.ts'
import { readOptions } from './shared/options.ts'

export const usage = `Usage: rekey keygen

Prints a new encryption key and a new token secret, as lines for an environment file:

  (umask 077; rekey keygen > rekey.env)
`

export function run(_: Environment, args: string[]): void {
  readOptions(args, {})
  process.stdout.write(`REKEY_ENCRYPTION_KEYS=${newEncryptionKeys()}\nREKEY_JWT_SECRET=${newJwtSecret()}\n`)
}
