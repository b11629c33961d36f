import type { AuditEvent } from './audit.ts'
import type { SigningKey } from './signing-key.ts'

/** What the events of a webhook tell of its keys, by id. */
export type ToldKeys = Map<string, ToldKey>

type ToldKey = Pick<SigningKey, 'createdAt'>

/** Adds what an event tells of its webhook's keys to what those before it told. */
export function addTold(told: ToldKeys, { type, at, key }: AuditEvent): void {
  // Its keys went with it.
  if (type === 'webhook.deleted') told.clear()
  if (type === 'secret.rotated' && key) told.set(key.id, { createdAt: at })
}

/** Says in what a stored key is not what the events of its webhook tell of it, or null if it is. */
export function keyFault(key: ToldKey & Pick<SigningKey, 'id'>, told: ToldKeys): string | null {
  return told.get(key.id)?.createdAt === key.createdAt ? null : 'no event tells of it'
}
