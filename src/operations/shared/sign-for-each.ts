import { setImmediate } from 'node:timers/promises'
import type { Message, Scheme } from '../../domain/schemes/scheme.ts'
import { schemes, toScheme } from '../../domain/schemes/schemes.ts'
import { signersOf } from '../../domain/signers.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { contentOf, messageHeaders, sign, type SignedContent, type Signer } from '../../domain/signature.ts'
import { RekeyError } from '../../errors.ts'
import { listLiveKeys, maxWebhooks, type LiveKey, type WebhookKeys } from '../../store/tables/live-keys.ts'
import type { OperationContext } from './operation.ts'
import { runInSlices } from './slices.ts'
import { cannotSign, hashedBytes } from './unseal-keys.ts'

export interface MessageForWebhooks {
  applicationId: string
  webhookIds: readonly string[]
  message: Message
  /** Keys that are live at this time sign. Milliseconds since 1970. */
  time: number
}

/** The headers for one webhook, or why the message could not be signed for it. */
export type Signed = { headers: Record<string, string>; error?: never } | { error: unknown }

/**
 * Signs one message for each webhook, with the webhook's own scheme and live keys. The keys are those in the database
 * now (see KeptKeys), so a revocation takes effect on every instance with the next signature.
 * @returns the results in the order of `webhookIds`. An error is a RekeyError `notFound` if the webhook does not exist,
 * `conflict` if it was never rotated or the secret of its current key was erased, or any other error if signing failed
 */
export async function signForEach(
  { applicationId, webhookIds, message, time }: MessageForWebhooks,
  context: OperationContext,
): Promise<Signed[]> {
  const read = (ids: readonly string[]) =>
    context.store.read((queries) => listLiveKeys(queries, applicationId, ids, time), context.signal)
  const readInTurn = (ids: readonly string[]) =>
    context.fanOutReads.run(applicationId, context.signal, async () => {
      const found = await read(ids)
      // Keep the turn until the thread has done all other waiting work.
      await setImmediate()
      return found
    })
  const signed: Signed[] = []
  for (let first = 0; first < webhookIds.length; first += maxWebhooks) {
    const ids = webhookIds.slice(first, first + maxWebhooks)
    const found = await context.keptKeys.read(applicationId, ids, time, () =>
      webhookIds.length === 1 ? read(ids) : readInTurn(ids),
    )
    const bytes = estimateBytes(found, message)
    const steps = signSome(applicationId, ids, found, message, context)
    signed.push(...(await runInSlices({ applicationId, bytes, steps }, context)))
  }
  return signed
}

function estimateBytes(found: Map<string, WebhookKeys>, message: Message): number {
  let bytes = 0
  for (const { scheme, keys } of found.values()) {
    // A newer version of Rekey may have stored a scheme that this one does not know, which fails for its webhook alone.
    const known: Partial<Record<string, Scheme>> = schemes
    // To say that a webhook has no key takes about as long as to open one.
    const counted = keys.length > 0 ? keys : [null]
    bytes += hashedBytes(known[scheme.name] ?? schemes['standard-webhooks'], counted, message)
  }
  return bytes
}

/** A webhook that can sign, with its opened keys. */
interface SigningWebhook {
  scheme: Scheme
  signers: readonly Signer[]
}

/** The result of opening a webhook's keys stays with them: if they change, or time ends one, they are read again. */
type FoundWebhook = WebhookKeys & { signing?: SigningWebhook }

function* signSome(
  applicationId: string,
  webhookIds: readonly string[],
  found: Map<string, FoundWebhook>,
  message: Message,
  context: OperationContext,
): Generator<undefined, Signed[]> {
  const results: Signed[] = []
  let covered: { before: Scheme['signedBefore']; content: SignedContent } | undefined
  for (const webhookId of webhookIds) {
    try {
      const webhook = found.get(webhookId)
      if (!webhook) throw new RekeyError('notFound')
      webhook.signing ??= yield* open(webhook, { applicationId, webhookId }, context)
      const { scheme, signers } = webhook.signing
      // Webhooks with the same scheme as the previous one sign the same bytes.
      if (covered?.before !== scheme.signedBefore)
        covered = { before: scheme.signedBefore, content: contentOf(scheme, message) }
      const signatures = []
      for (const signer of signers) {
        signatures.push(sign(scheme, covered.content, signer))
        yield
      }
      results.push({ headers: messageHeaders(scheme, message, signatures) })
    } catch (error) {
      results.push({ error })
    }
  }
  return results
}

function* open(
  { scheme: choice, keys }: WebhookKeys,
  owner: KeyOwner,
  { openedKeys }: OperationContext,
): Generator<undefined, SigningWebhook> {
  const sealed = rejectUnlessSigns(keys)
  const scheme = toScheme(choice)
  const signers: Signer[] = []
  for (const key of signersOf(scheme, sealed)) {
    signers.push(openedKeys.open(key.sealed, { ...owner, keyId: key.id }, scheme))
    yield
  }
  return { scheme, signers }
}

type SealedKey = LiveKey & { sealed: string }

/** @throws RekeyError `conflict` if the webhook with these keys cannot sign */
function rejectUnlessSigns(keys: readonly LiveKey[]): SealedKey[] {
  const sealed = keys.filter((key): key is SealedKey => key.sealed !== null)
  if (sealed[0]?.expiresAt === null) return sealed
  // If there is no current key, the webhook was never rotated, or the secret of its current key was erased.
  const [current] = keys
  throw cannotSign(current?.sealed === null ? current : undefined)
}
