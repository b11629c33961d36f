import type { Logger } from 'pino'
import { Gauge, type Registry } from 'prom-client'
import type { Core, KeyStatistics } from '../../core/core.ts'
import { deadline } from '../limits/deadline.ts'

/** How long the values are reused, in milliseconds. `/metrics` needs no token, so its requests must cost little. */
const reusedMs = 5_000

export interface KeyGaugesOptions {
  registry: Registry
  core: Pick<Core, 'keyStatistics'>
  /** How long a refresh waits for the database, in milliseconds. */
  timeoutMs: number
  logger: Logger
}

/**
 * Creates the gauges that describe the keys in the database. A gauge without a value is absent: all gauges while
 * the database cannot be read, the age without a current key, and the times without such an overlap.
 * @returns a function that updates the gauges, at most every 5 seconds, and never rejects
 */
export function createKeyGauges({
  registry,
  core,
  timeoutMs,
  logger,
}: KeyGaugesOptions): () => Promise<void> {
  const gauge = (name: string, help: string) => {
    const created = new Gauge({ name, help, registers: [registry] })
    return (value: number | null | undefined) => {
      if (typeof value === 'number') created.set(value)
      else created.remove()
    }
  }
  const setUp = gauge(
    'rekey_database_up',
    '1 if the gauges of keys could be read from the database, otherwise 0',
  )
  const setOldestAge = gauge('rekey_oldest_current_key_age_seconds', 'Age of the oldest current key')
  const setOpenOverlaps = gauge('rekey_open_overlaps', 'Previous keys that are live, counted up to 10,000')
  const setNextEnd = gauge('rekey_time_to_next_overlap_end_seconds', 'Time until the next overlap ends')
  const setProven = gauge(
    'rekey_proven_overlaps',
    'Self-ending overlaps whose last probe proved the receiver, counted up to 10,000',
  )
  const setUnproven = gauge(
    'rekey_unproven_overlaps',
    'Self-ending overlaps whose last probe did not prove the receiver, counted up to 10,000',
  )
  const setNextUnprovenEnd = gauge(
    'rekey_time_to_next_unproven_overlap_end_seconds',
    'Time until the first overlap of rekey_unproven_overlaps ends',
  )
  const setLostSecrets = gauge(
    'rekey_lost_secrets',
    'Keys whose secret was erased although they have not ended, counted up to 10,000',
  )
  const setOpenInvitations = gauge(
    'rekey_open_invitations',
    'Invitations that are neither used, revoked nor expired, counted up to 10,000',
  )
  const set = (statistics: Partial<KeyStatistics>) => {
    setOldestAge(toSeconds(statistics.oldestCurrentKeyAgeMs))
    setOpenOverlaps(statistics.openOverlaps)
    setNextEnd(toSeconds(statistics.nextOverlapEndMs))
    setProven(statistics.provenOverlaps)
    setUnproven(statistics.unprovenOverlaps)
    setNextUnprovenEnd(toSeconds(statistics.nextUnprovenEndMs))
    setLostSecrets(statistics.lostSecrets)
    setOpenInvitations(statistics.openInvitations)
  }
  const refresh = async () => {
    try {
      set(await deadline(timeoutMs, (signal) => core.keyStatistics(signal)))
      setUp(1)
    } catch (error) {
      logger.warn({ error }, 'the gauges of keys cannot be read from the database')
      set({})
      setUp(0)
    }
  }

  let refreshing = Promise.resolve()
  let refreshedAt = -Infinity
  return () => {
    if (performance.now() - refreshedAt > reusedMs) {
      refreshedAt = performance.now()
      refreshing = refresh()
    }
    return refreshing
  }
}

function toSeconds(milliseconds: number | null | undefined): number | null | undefined {
  return typeof milliseconds === 'number' ? milliseconds / 1_000 : milliseconds
}
