import { createHash } from 'node:crypto'
import type { Scope } from '../store.ts'

/**
 * Returns the SQL expressions that take a scope's locks until the transaction ends. Writes to an application exclude
 * writes to its webhooks.
 */
export function locks(scope: Scope): string[] {
  if (scope === null) return []
  const { applicationId, webhookId } = scope
  if (webhookId === undefined) return [`pg_advisory_xact_lock(${lockNumber(applicationId)})`]
  return [
    `pg_advisory_xact_lock_shared(${lockNumber(applicationId)})`,
    `pg_advisory_xact_lock(${lockNumber(`${applicationId}/${webhookId}`)})`,
  ]
}

/**
 * Returns 64 bits of a hash as the lock's number. If two scopes share a number, the only effect is that their writes
 * wait for each other.
 */
function lockNumber(name: string): bigint {
  return createHash('sha256').update(`rekey ${name}`).digest().readBigInt64BE()
}
