import { randomBytes } from 'node:crypto'
import { encryptionKeyBytes } from '../../domain/sealing.ts'

/** Generates a value for REKEY_ENCRYPTION_KEYS: one key, whose kid contains the date and six random hex digits. */
export function newEncryptionKeys(): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  const kid = `k${day}-${randomBytes(3).toString('hex')}`
  return `${kid}:${randomBytes(encryptionKeyBytes).toString('base64')}`
}

/** Generates a value for REKEY_JWT_SECRET. */
export function newJwtSecret(): string {
  return randomBytes(48).toString('base64')
}
