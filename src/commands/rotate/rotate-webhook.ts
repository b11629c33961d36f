import { isPublicKey } from '../../domain/public-key.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { generateSigningSecret } from '../../domain/signing-secret.ts'
import { rotateInTransaction } from '../../operations/shared/rotation-transaction.ts'
import { wasSecretUsed } from '../../store/tables/signing-keys.ts'
import type { CommandContext } from '../shared/command-context.ts'
import type { SecretsFile } from './secrets-file.ts'

/** The actor recorded with the keys and in the audit trail. */
export const actor = 'rekey rotate'

export interface RotateWebhookOptions {
  overlapSeconds: number
  endWhenProven: boolean
  reason: string | null
  secrets: SecretsFile
  /** Returns a time that has certainly passed, in milliseconds since 1970; see SettledClock. */
  settledTime: () => number
}

/**
 * Rotates one webhook. Skips it if the webhook's secret in the file is already live or was live earlier. Flushes a new
 * secret to the file before the rotation commits, so the file contains every live secret. Uses the key ID in the file,
 * even if an interrupted run wrote it, so a reader of the file can send that ID in `If-Match`. But if the file has only
 * a public key whose rotation was never committed, its private key is lost. The new key then gets another line.
 * @returns whether the webhook was rotated
 */
export async function rotateWebhook(
  { store, keyring, deadline }: CommandContext,
  owner: KeyOwner,
  { overlapSeconds, endWhenProven, reason, secrets, settledTime }: RotateWebhookOptions,
): Promise<boolean> {
  const written = secrets.find(owner)
  const outcome = await rotateInTransaction<true>(
    {
      store,
      keyring,
      now: store.now,
      settledTime,
      generateSecret: generateSigningSecret,
      signal: deadline(),
      beforeCommit: secrets.flush,
    },
    {
      owner,
      given:
        written?.secret && !isPublicKey(written.secret)
          ? { keyId: written.keyId, secret: written.secret }
          : undefined,
      overlapSeconds,
      endWhenProven,
      actor,
      reason,
      requestId: null,
      async skip(queries) {
        if (!written?.secret) return undefined
        const { sha256 } = keyring.fingerprint(written.secret)
        return (await wasSecretUsed(queries, owner, sha256)) || undefined
      },
      record(_, { key, secret }) {
        if (secrets.find(owner)?.keyId !== key.id) secrets.append(key, secret)
        return Promise.resolve()
      },
    },
  )
  return !('skipped' in outcome)
}
