import { deliverSecret, type Command } from './deliver-secret.ts'
import { actor, type RotateWebhookOptions } from './rotate-webhook.ts'
import type { CommandContext } from '../shared/command-context.ts'
import type { Environment } from '../../config/config.ts'
import { toReceiverKey, type ReceiverKey } from '../../domain/key-material.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { generateSigningSecret } from '../../domain/signing-secret.ts'
import { rotateInTransaction } from '../../operations/shared/rotation-transaction.ts'
import { findSealedKey } from '../../store/tables/sealed-keys.ts'
import { keyExists } from '../../store/tables/signing-keys.ts'

export interface Delivery {
  command: Command
  environment: Environment
}

interface Issued {
  keyId: string
  secret: ReceiverKey
}

/**
 * Rotates one webhook, and once the rotation is committed, passes the new secret to a command. If an earlier run with
 * the same file did not get that far, continues with the key that it issued. The file has no secret.
 * @returns whether the command ran; false if an earlier run delivered the secret
 * @throws Error if the command fails, or if the webhook was rotated again before its secret was delivered
 */
export async function rotateAndDeliver(
  context: CommandContext,
  owner: KeyOwner,
  options: RotateWebhookOptions,
  { command, environment }: Delivery,
): Promise<boolean> {
  const { secrets } = options
  const written = secrets.find(owner)
  if (written?.delivered) return false
  const issued =
    (written && (await reopen(context, owner, written.keyId))) ?? (await issue(context, owner, options))
  await deliverSecret(command, owner, issued, environment)
  secrets.markDelivered(owner, issued.keyId)
  return true
}

/**
 * Unseals the secret of a key that an earlier run issued.
 * @returns undefined if that rotation was never committed
 */
async function reopen(
  { store, keyring, deadline }: CommandContext,
  owner: KeyOwner,
  keyId: string,
): Promise<Issued | undefined> {
  return store.read(async (queries) => {
    const found = await findSealedKey(queries, keyId)
    if (found?.key.expiresAt === null)
      return { keyId, secret: toReceiverKey(keyring.unseal(found.sealed, { ...owner, keyId })) }
    if (!found && !(await keyExists(queries, keyId))) return undefined
    throw new Error(
      `the webhook was rotated again before the secret of ${keyId} was delivered; rotate it in a new run`,
    )
  }, deadline())
}

async function issue(
  { store, keyring, deadline }: CommandContext,
  owner: KeyOwner,
  { overlapSeconds, endWhenProven, reason, secrets, settledTime }: RotateWebhookOptions,
): Promise<Issued> {
  const rotated = await rotateInTransaction(
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
      overlapSeconds,
      endWhenProven,
      actor,
      reason,
      requestId: null,
      record(_, { key }) {
        if (secrets.find(owner)?.keyId !== key.id) secrets.append(key, null)
        return Promise.resolve()
      },
    },
  )
  if ('skipped' in rotated) throw new Error('a rotation without `skip` was skipped')
  return { keyId: rotated.key.id, secret: rotated.secret }
}
