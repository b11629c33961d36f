import { chainFault, type AuditEvent } from '../../src/domain/audit.ts'
import { Keyring } from '../../src/domain/sealing.ts'
import { endOf, type KnownKey } from '../../src/domain/signing-key.ts'
import { fingerprint } from '../../src/domain/signing-secret.ts'
import { keyFault, liveAfter, liveKeysFault } from '../../src/domain/told-keys.ts'
import { readConfig } from '../../src/config.ts'
import { listAllEvents, listLiveKeys, type EventPlace } from '../../src/store/events.ts'
import { openStore } from '../../src/store/open.ts'
import { findSealedKey, listAuditedKeys } from '../../src/store/signing-keys.ts'
import { config, environment } from './environment.ts'
import { owner } from './owners.ts'

const batch = 2_000
const opened = 200

/**
 * Checks the rows that a contender wrote, with Rekey's own code: each rotation is in the audit trail, whose
 * chains hold, with the key that it issued, and of the one that it ended the secret is to be erased; and of some
 * webhooks the one live key opens.
 * @param rotated how many rotations were answered
 * @param unanswered how many more may have been written, for clients that were stopped
 * @throws Error that says what is wrong
 */
export async function verifyRotations(
  url: string,
  webhooks: number,
  rotated: number,
  unanswered: number,
): Promise<void> {
  const { database } = readConfig({ ...environment, DATABASE_URL: url })
  const store = await openStore(database)
  const signal = AbortSignal.timeout(600_000)
  const keyring = new Keyring(config.encryptionKeys)
  const assert = (holds: boolean, fault: string) => {
    if (!holds) throw new Error(`${url}: ${fault}`)
  }
  try {
    let events = 0
    let last: AuditEvent | undefined
    let live: KnownKey[] = []
    const ends = new Set<string>()
    for (;;) {
      const place: EventPlace | null = last ?? null
      const found: AuditEvent[] = await store.read((queries) => listAllEvents(queries, place, batch), signal)
      for (const event of found) {
        const same = last?.applicationId === event.applicationId && last.webhookId === event.webhookId
        const before = same ? last : undefined
        live = liveAfter(before ? live : [], event)
        const fault = chainFault(event, before) ?? liveKeysFault(event, before, live)
        assert(fault === null, `event ${event.sequence} of ${event.webhookId}: ${String(fault)}`)
        assert(event.sequence === 1 || event.endedKeys.length === 1, `a rotation ended no key, or several`)
        for (const key of event.endedKeys) ends.add(`${key.id} at ${endOf(key)}`)
        last = event
      }
      events += found.length
      if (found.length < batch) break
    }
    const written = events - webhooks
    assert(
      written >= rotated && written <= rotated + unanswered,
      `${written} rotations are written, and ${rotated} were answered`,
    )
    let stored = 0
    let lastId = ''
    for (;;) {
      const found = await store.read((queries) => listAuditedKeys(queries, lastId, batch), signal)
      for (const { event, ...key } of found) {
        const fault = keyFault(key, event)
        assert(fault === null, `key ${key.id} of ${key.webhookId}: ${String(fault)}`)
      }
      stored += found.length
      lastId = found.at(-1)?.id ?? lastId
      if (found.length < batch) break
    }
    assert(stored === events, `${events} events issued a key, and ${stored} are stored`)
    const toErase = await store.read(
      (queries) => queries.selectFrom('secrets_to_erase').select(['at', 'key_id']).execute(),
      signal,
    )
    assert(
      toErase.length === ends.size && toErase.every(({ at, key_id }) => ends.has(`${key_id} at ${at}`)),
      `the secrets to erase are not those of the keys that ended`,
    )
    for (let number = 0; number < Math.min(opened, webhooks); number++) {
      const of = owner(number)
      const keys = await store.read((queries) => listLiveKeys(queries, of, Date.now()), signal)
      assert(keys.length === 1, `${of.webhookId} has ${keys.length} live keys`)
      const keyId = keys[0]?.id ?? ''
      const found = await store.read((queries) => findSealedKey(queries, keyId), signal)
      const secret = found && keyring.open(found.sealed, { ...of, keyId })
      assert(!!secret && fingerprint(secret).sha256 === found.key.sha256, `a secret is not what it was`)
    }
  } finally {
    await store.close()
  }
}
