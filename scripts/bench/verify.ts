import { findChainBreak, type AuditEvent } from '../../src/domain/audit.ts'
import { toReceiverKey } from '../../src/domain/key-material.ts'
import { Keyring } from '../../src/domain/sealing.ts'
import { fingerprint } from '../../src/domain/signing-secret.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { listAllEvents, type EventPosition } from '../../src/store/tables/events.ts'
import { openStore } from '../../src/store/open-store.ts'
import { listSealedKeys } from '../../src/store/tables/sealed-keys.ts'
import { config, environment } from './environment.ts'
import { owner } from './owners.ts'

const batch = 2_000
const opened = 200

/**
 * Uses Rekey's own code to check the rows that a contender wrote. Every rotation must be in the audit trail, every
 * chain must be intact, and a sample of the live keys must unseal.
 * @param rotated the number of rotations that got a response
 * @param unanswered how many more rotations may have been written without a response to the client
 * @throws Error that describes the first failed check
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
    for (;;) {
      const place: EventPosition | null = last ?? null
      const found: AuditEvent[] = await store.read((queries) => listAllEvents(queries, place, batch), signal)
      for (const event of found) {
        const same = last?.applicationId === event.applicationId && last.webhookId === event.webhookId
        const fault = findChainBreak(event, same ? last : undefined)
        assert(fault === null, `event ${event.sequence} of ${event.webhookId}: ${String(fault)}`)
        assert(event.sequence === 1 || event.endedKeys.length === 1, `a rotation did not end exactly one key`)
        last = event
      }
      events += found.length
      if (found.length < batch) break
    }
    const written = events - webhooks
    assert(
      written >= rotated && written <= rotated + unanswered,
      `${written} rotations were written, but ${rotated} had a response`,
    )
    for (let number = 0; number < Math.min(opened, webhooks); number++) {
      const of = owner(number)
      const keys = await store.read((queries) => listSealedKeys(queries, of, Date.now(), 2), signal)
      const [found] = keys
      const secret = found && keyring.unseal(found.sealed, { ...of, keyId: found.key.id })
      assert(keys.length === 1, `${of.webhookId} has ${keys.length} live keys`)
      assert(
        !!secret && fingerprint(toReceiverKey(secret)).sha256 === found.key.sha256,
        `a secret does not match its SHA-256`,
      )
    }
  } finally {
    await store.close()
  }
}
