import type { KeyOwner } from '../../domain/signing-key.ts'
import { fingerprint, generateSigningSecret } from '../../domain/signing-secret.ts'
import { rotateInTransaction } from '../../operations/shared/rotation-transaction.ts'
import { wasSecretUsed } from '../../store/tables/signing-keys.ts'
import type { CommandContext } from '../shared/command-context.ts'
import type { SecretsFile } from './secrets-file.ts'

/** The actor recorded with the keys and in the audit trail. */
const actor = 'rekey rotate'

export interface RotateWebhookOptions {
  overlapSeconds: number
  reason: string | null
  secrets: SecretsFile
  /** Returns a time that has certainly passed, in milliseconds since 1970; see SettledClock. */
  settledTime: () => number
}

/**
 * Rotates one webhook, unless the file contains a secret of the webhook that is or was live. A new secret is flushed to
 * the file before the rotation commits, so every live secret is in the file. The new key gets the ID in the file, even
 * if an earlier, interrupted run wrote that ID: readers of the file can send the ID in `If-Match`.
 * @returns whether the webhook was rotated
 */
export async function rotateWebhook(
  { store, keyring, deadline }: CommandContext,
  owner: KeyOwner,
  { overlapSeconds, reason, secrets, settledTime }: RotateWebhookOptions,
): Promise<boolean> {
  const outcome = await rotateInTransaction<true>(
    {
      store,
      keyring,
      now: store.now,
      settledTime,
      generateSecret: generateSigningSecret,
      signal: deadline(),
    },
    {
      owner,
      given: secrets.find(owner),
      overlapSeconds,
      actor,
      reason,
      requestId: null,
      async skip(queries, secret) {
        const { sha256 } = fingerprint(secret)
        return (await wasSecretUsed(queries, owner, sha256)) || undefined
      },
      record(_, { key, secret }) {
        if (secrets.find(owner) === undefined) secrets.append(key, secret)
        return Promise.resolve()
      },
    },
  )
  return !('skipped' in outcome)
}
