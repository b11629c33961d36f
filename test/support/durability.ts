import { readConfig } from '../../src/config/read-config.ts'
import { findChainBreak, type AuditEvent } from '../../src/domain/audit.ts'
import { Keyring } from '../../src/domain/sealing.ts'
import { fingerprint, parseSigningSecret } from '../../src/domain/signing-secret.ts'
import { recordEvent, findKeyMismatch, type KeyHistory } from '../../src/domain/key-history.ts'
import { listAllEvents } from '../../src/store/tables/events.ts'
import type { SigningKeyRow } from '../../src/store/schema.ts'
import type { Store } from '../../src/store/store.ts'
import { exampleEnvironment } from './environment.ts'
import type { Attempt } from './rotation-load.ts'

const keyring = new Keyring(readConfig(exampleEnvironment).encryptionKeys)
const signal = AbortSignal.timeout(600_000)

/**
 * Describes each broken promise and inconsistency: a returned secret that was lost, a change that was made although its
 * request was refused, a partial rotation, a webhook with keys but not exactly one current key, or a broken chain.
 */
export async function findBrokenPromises(store: Store, attempts: readonly Attempt[]): Promise<string[]> {
  const keys = await store.read((queries) => queries.selectFrom('signing_keys').selectAll().execute(), signal)
  const events = await store.read((queries) => listAllEvents(queries, null, 1_000_000), signal)
  const faults: string[] = []
  const keysOf = Map.groupBy(keys, (key) => `${key.application_id}/${key.webhook_id}`)
  const chainOf = Map.groupBy(events, (event) => `${event.applicationId}/${event.webhookId}`)
  for (const owner of new Set([...keysOf.keys(), ...chainOf.keys()])) {
    const found = webhookFaults(keysOf.get(owner) ?? [], chainOf.get(owner) ?? [])
    faults.push(...found.map((fault) => `${owner}: ${fault}`))
  }
  const keyById = new Map(keys.map((key) => [key.id, key]))
  const byReason = Map.groupBy(events, ({ reason }) => reason)
  for (const attempt of attempts) {
    const fault = attemptFault(attempt, keyById.get(attempt.keyId), byReason.get(attempt.reason) ?? [])
    if (fault !== null) faults.push(`${attempt.reason}, status ${attempt.status}: ${fault}`)
  }
  return faults
}

function webhookFaults(keys: SigningKeyRow[], chain: AuditEvent[]): string[] {
  const faults = chain.flatMap((event, i) => findChainBreak(event, chain[i - 1]) ?? [])
  keys.sort((a, b) => a.generation - b.generation)
  const current = keys.filter(({ expires_at }) => expires_at === null)
  if (keys.length > 0 && (current.length !== 1 || current[0] !== keys.at(-1)))
    faults.push(`keys ${current.map(({ generation }) => generation).join()} of ${keys.length} are current`)
  if (keys.some(({ generation }, i) => generation !== i + 1)) faults.push('generations have a gap')

  const issued = chain.flatMap(({ type, key }) => (type === 'secret.rotated' && key ? key.id : []))
  if (issued.join() !== keys.map(({ id }) => id).join())
    faults.push('the keys differ from the keys issued in the audit trail')
  const told: KeyHistory = new Map()
  for (const event of chain) recordEvent(told, event)
  for (const { id, created_at, expires_at, revoked_at } of keys) {
    const fault = findKeyMismatch(
      { id, createdAt: created_at, expiresAt: expires_at, revokedAt: revoked_at },
      told,
    )
    if (fault !== null) faults.push(`key ${id}: ${fault}`)
  }
  return faults
}

function attemptFault(
  { webhook, tries, status, text, keyId }: Attempt,
  key: SigningKeyRow | undefined,
  events: AuditEvent[],
): string | null {
  if (events.length > 1) return 'it rotated more than once'
  // Without a response, or with a 500 (unknown outcome), the rotation may or may not have happened.
  if (status === null || status === 500) return null
  // If a retry was refused, an earlier try may still have rotated.
  if (status !== 200) return events.length === 0 || tries > 1 ? null : 'it was refused but rotated anyway'
  const { keyFingerprint, signingSecret } = JSON.parse(text) as Record<string, string>
  const secret = parseSigningSecret(signingSecret ?? '')
  if (events[0]?.key?.id !== keyId || !key?.sealed_secret) return 'its secret is lost'
  if (events[0].key.fingerprint !== keyFingerprint || key.fingerprint !== keyFingerprint)
    return 'its fingerprint differs'
  if (key.sha256 !== fingerprint(secret).sha256) return 'its hash belongs to another secret'
  if (keyring.unseal(key.sealed_secret, { ...webhook, keyId }) !== secret) return 'another secret is stored'
  return null
}
