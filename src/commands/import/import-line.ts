import { InvalidLine, schemeOf, type Line } from './line.ts'
import type { CommandContext } from '../shared/command-context.ts'
import { FingerprintTaken, planRotation, TooManyLiveKeys } from '../../domain/rotation.ts'
import { describeChange } from '../../domain/schemes/choose-scheme.ts'
import { newKeyId, type KeyOwner, type SigningKey } from '../../domain/signing-key.ts'
import type { Fingerprint, SigningSecret } from '../../domain/signing-secret.ts'
import { rejectUnfitKeys } from '../../operations/shared/requested-scheme.ts'
import { rotateInTransaction } from '../../operations/shared/rotation-transaction.ts'
import { RekeyError } from '../../errors.ts'
import type { Queries } from '../../store/store.ts'
import { appendEvent, findChainEnd } from '../../store/tables/events.ts'
import { saveRotation } from '../../store/tables/rotation.ts'
import { listUnendedKeys, wasSecretUsed } from '../../store/tables/signing-keys.ts'
import {
  findWebhook,
  insertWebhook,
  toSchemeChoice,
  updateWebhook,
  webhookExists,
} from '../../store/tables/webhooks.ts'

/** The actor recorded with the keys and in the audit trail. */
const actor = 'rekey import'

/** What importing a line does to its webhook. */
export type Effect = 'created' | 'imported' | 'rotated' | 'updated' | 'unchanged'

export interface ImportOptions {
  /** Whether a webhook's current secret may be replaced. */
  rotate: boolean
  /** How long a replaced secret stays live. */
  overlapSeconds: number
  dryRun: boolean
  /** Returns a time that has certainly passed, in milliseconds since 1970; see SettledClock. */
  settledTime: () => number
}

/**
 * Imports one line: provisions its webhook and gives it the line's secrets. Repeating it changes nothing.
 * @throws InvalidLine if the webhook's state does not allow the line
 */
export async function importLine(
  context: CommandContext,
  line: Line,
  options: ImportOptions,
): Promise<Effect> {
  const { store, deadline } = context
  try {
    if (options.dryRun)
      return await store.read((queries) => apply(queries, context, line, options), deadline())
    const effect = await store.write(line, (queries) => apply(queries, context, line, options), deadline())
    if (effect === 'rotated') await rotate(context, line, options)
    return effect
  } catch (error) {
    throw toInvalidLine(error)
  }
}

async function apply(
  queries: Queries,
  context: CommandContext,
  line: Line,
  options: ImportOptions,
): Promise<Effect> {
  const { applicationId, webhookId } = line
  const owner = { applicationId, webhookId }
  const settled = options.settledTime()
  const now = context.store.now()
  // Looks for the ID first, because that query is prepared: most lines create a webhook.
  const found = (await webhookExists(queries, owner)) ? await findWebhook(queries, owner, now) : undefined
  const stored = found && toSchemeChoice(found)
  const scheme = schemeOf(line, stored)
  const { url, description = found?.description ?? null } = line
  const columns = { url, description, signature_scheme: scheme.name, signature_header: scheme.header }
  const keys = found ? await listUnendedKeys(queries, owner, settled) : []
  const secretEffect = found ? await decide(queries, context, line, keys, options) : 'imported'
  const event = { at: now, actor, reason: null, requestId: null, key: null, endedKeys: [] }
  if (!found) {
    if (options.dryRun) return 'created'
    const times = { created_at: now, updated_at: now }
    await insertWebhook(queries, { application_id: applicationId, id: webhookId, ...columns, ...times })
    await appendEvent(queries, owner, { ...event, type: 'webhook.created' })
  }
  const schemeChange = stored ? describeChange(stored, scheme) : null
  const isChanged =
    found !== undefined && (found.url !== url || found.description !== description || schemeChange !== null)
  if (stored && schemeChange !== null)
    await rejectUnfitKeys(queries, owner, { before: stored.name, after: scheme.name }, settled)
  if (isChanged && !options.dryRun) {
    await updateWebhook(queries, owner, { ...columns, updated_at: now })
    await appendEvent(queries, owner, { ...event, type: 'webhook.updated', reason: schemeChange })
  }
  if (secretEffect === 'imported' && !options.dryRun) await issueKeys(queries, context, owner, line, now)
  if (!found) return 'created'
  return secretEffect === 'unchanged' && isChanged ? 'updated' : secretEffect
}

/**
 * Decides what happens to the webhook's secret.
 * @param keys those that have not expired or been revoked, newest first
 */
async function decide(
  queries: Queries,
  { keyring }: CommandContext,
  line: Line,
  keys: readonly SigningKey[],
  options: ImportOptions,
): Promise<'imported' | 'rotated' | 'unchanged'> {
  const hashes = hashesOf(keyring.fingerprint(line.secret))
  const current = keys.find(({ expiresAt, revokedAt }) => expiresAt === null && revokedAt === null)
  if (current && hashes.includes(current.sha256)) return 'unchanged'
  for (const sha256 of hashes)
    if (await wasSecretUsed(queries, line, sha256))
      throw new InvalidLine(
        'the webhook had this secret earlier and has another one now; an old file must not bring back a secret ' +
          'that may have leaked',
      )
  if (keys.length === 0) return 'imported'
  if (!options.rotate)
    throw new InvalidLine('the webhook has a different secret; add --rotate to replace it in a rotation')
  if (line.previous.length > 0)
    throw new InvalidLine('previous must be empty, because the webhook has secrets already')
  return 'rotated'
}

function hashesOf({ sha256, olderSha256 }: Fingerprint): string[] {
  return [sha256, ...olderSha256]
}

/** Issues a key for each secret of the line, the oldest first, so that each ends when the line says. */
async function issueKeys(
  queries: Queries,
  { keyring }: CommandContext,
  owner: KeyOwner,
  line: Line,
  now: number,
): Promise<void> {
  const secrets: { secret: SigningSecret; expiresAt: number | null }[] = [
    { secret: line.secret, expiresAt: null },
    ...line.previous,
  ]
  let keys: SigningKey[] = []
  /** When the key that was issued before ends. */
  let end = now
  for (const { secret, expiresAt } of secrets.toReversed()) {
    const keyId = newKeyId(now)
    const rotation = planRotation(keys, {
      owner,
      keyId,
      fingerprint: keyring.fingerprint(secret),
      overlapSeconds: (end - now) / 1_000,
      createdBy: actor,
      reason: null,
      now,
      settled: now,
    })
    const sealed = { sealed: keyring.seal(secret, { ...owner, keyId }), sealedBy: keyring.newestKid }
    const last = await findChainEnd(queries, owner)
    await saveRotation(queries, rotation, { sealed, reason: null, requestId: null, last })
    keys = [rotation.issued, ...keys.map((key) => rotation.ended.find(({ id }) => id === key.id) ?? key)]
    end = expiresAt ?? now
  }
}

async function rotate(
  { store, keyring, deadline }: CommandContext,
  line: Line,
  { overlapSeconds, settledTime }: ImportOptions,
): Promise<void> {
  const { applicationId, webhookId, secret } = line
  await rotateInTransaction(
    { store, keyring, now: store.now, settledTime, generateSecret: () => secret, signal: deadline() },
    {
      owner: { applicationId, webhookId },
      given: { secret },
      overlapSeconds,
      actor,
      reason: null,
      requestId: null,
    },
  )
}

function toInvalidLine(error: unknown): unknown {
  if (error instanceof FingerprintTaken)
    return new InvalidLine('a live key of the webhook has this secret, or one with the same fingerprint')
  if (error instanceof TooManyLiveKeys) return new InvalidLine(error.message)
  if (error instanceof RekeyError && error.kind === 'conflict') return new InvalidLine(error.message)
  return error
}
