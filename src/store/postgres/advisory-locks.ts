import { createHash } from 'node:crypto'
import type { Scope } from '../store.ts'
import { isOf010, type Placement } from './placement.ts'

/**
 * Returns the SQL expressions that take a scope's locks until the transaction ends. Writes to an application exclude
 * writes to its webhooks. Locks belong to a whole database, so their numbers depend on the schema too, except for
 * tables that instances of 0.1.0 may still use.
 */
export function locks(scope: Scope, placement: Placement): string[] {
  if (scope === null) return []
  const { applicationId, webhookId } = scope
  const space = isOf010(placement) ? '' : `"${placement.schema}" `
  if (webhookId === undefined) return [`pg_advisory_xact_lock(${lockNumber(space + applicationId)})`]
  return [
    `pg_advisory_xact_lock_shared(${lockNumber(space + applicationId)})`,
    `pg_advisory_xact_lock(${lockNumber(`${space}${applicationId}/${webhookId}`)})`,
  ]
}

/**
 * Returns 64 bits of a hash as the lock's number. If two scopes share a number, the only effect is that their writes
 * wait for each other.
 */
function lockNumber(name: string): bigint {
  return createHash('sha256').update(`rekey ${name}`).digest().readBigInt64BE()
}
