import { newEncryptionKeys, newJwtSecret } from './new-keys.ts'

export const usage = `rekey keygen

Prints a new encryption key and a new secret for tokens, as lines for an environment file:

  (umask 077; rekey keygen > rekey.env)
`

export function keygen(): void {
  process.stdout.write(`REKEY_ENCRYPTION_KEYS=${newEncryptionKeys()}\nREKEY_JWT_SECRET=${newJwtSecret()}\n`)
}
