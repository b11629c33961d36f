import type { KeyOwner } from '../../domain/signing-key.ts'
import { fingerprint, generateSigningSecret } from '../../domain/signing-secret.ts'
import { rotateInTransaction } from '../../operations/shared/rotation-transaction.ts'
import { wasSecretUsed } from '../../store/tables/signing-keys.ts'
import type { CommandContext } from '../shared/command-context.ts'
import type { SecretsFile } from './secrets-file.ts'

/** The actor in the keys and the audit trail. */
const actor = 'rekey rotate'

export interface RotateWebhookOptions {
  overlapSeconds: number
  reason: string | null
  secrets: SecretsFile
}

/**
 * Rotates one webhook, unless the secret that the file has for it is, or was, live already. The secret is in the
 * file, on disk, before the rotation is committed: whatever happens, no secret is live that nobody has. Its key has
 * the id that the file has, though an earlier run wrote it: whoever has the file can name the key in `If-Match`.
 * @returns whether it was rotated
 */
export async function rotateWebhook(
  { store, keyring, deadline }: CommandContext,
  owner: KeyOwner,
  { overlapSeconds, reason, secrets }: RotateWebhookOptions,
): Promise<boolean> {
  const outcome = await rotateInTransaction<true>(
    { store, keyring, now: Date.now, generateSecret: generateSigningSecret, signal: deadline() },
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
