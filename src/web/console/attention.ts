/** What needs attention, worked out from lists of keys and events. */
import { keyEnd } from './overlap.ts'
import type { WebhookIds } from './route.ts'
import type { FeedEvent, ListedKey, State } from './state.ts'

export interface OpenOverlap extends WebhookIds {
  /** Milliseconds since 1970. */
  endsAt: number
  /** Whether the receiver has switched to the current key, so that the overlap can be ended. */
  isProven: boolean
}

export interface Failure extends WebhookIds {
  kind: 'lost' | 'expired' | 'unproven'
  /** Milliseconds since 1970. */
  at: number
  /** What a probe found, or which key lost its secret. */
  detail: string
}

/** Failures from before this many milliseconds are not shown, unless they last. */
export const recentMs = 7 * 86_400_000

/** The events that say what failed, and how many of each type the home reads, newest first. */
export const failureTypes = ['receiver.probed', 'overlap.expired'] as const
export const eventsRead = 100

/** Returns from when on the home knows every failure, in milliseconds since 1970: it does not read all events. */
export function knownSince(events: readonly FeedEvent[], now: number): number {
  const oldest = failureTypes.map((type) => {
    const times = events.filter((event) => event.type === type).map(({ at }) => Date.parse(at))
    return times.length < eventsRead ? 0 : Math.min(...times)
  })
  return Math.max(now - recentMs, ...oldest)
}

/** Returns the overlap of each webhook with previous keys, the one that ends first at the beginning. */
export function openOverlaps(previous: readonly ListedKey[]): OpenOverlap[] {
  const overlaps = new Map<string, OpenOverlap>()
  for (const key of previous) {
    const { applicationId, webhookId, receiverProven } = key
    const endsAt = Math.max(keyEnd(key), overlaps.get(nameOf(key))?.endsAt ?? 0)
    overlaps.set(nameOf(key), { applicationId, webhookId, endsAt, isProven: receiverProven })
  }
  return [...overlaps.values()].sort((a, b) => a.endsAt - b.endsAt)
}

/**
 * Returns what failed: first the keys that lost their secret, then the last failure of each webhook, newest first. A
 * failure is over once a later probe has proven the receiver.
 * @param events of the types `failureTypes`
 */
export function failures(lost: readonly ListedKey[], events: readonly FeedEvent[], now: number): Failure[] {
  const last = new Map<string, Failure | null>()
  const newestFirst = events
    .map((event) => ({ ...event, time: Date.parse(event.at) }))
    .filter(({ time }) => time > now - recentMs)
    .sort((a, b) => b.time - a.time)
  for (const event of newestFirst) {
    const { applicationId, webhookId, type, time, reason } = event
    if (last.has(nameOf(event))) continue
    const isProven = type === 'receiver.probed' && reason?.startsWith('proven') === true
    const kind = type === 'overlap.expired' ? 'expired' : 'unproven'
    const detail = (reason ?? '').replace(/^not proven: /, '')
    last.set(nameOf(event), isProven ? null : { applicationId, webhookId, at: time, kind, detail })
  }
  const gone = lost.map(({ applicationId, webhookId, createdAt, keyFingerprint }) => ({
    ...{ applicationId, webhookId, at: Date.parse(createdAt), detail: keyFingerprint },
    kind: 'lost' as const,
  }))
  return [...gone, ...[...last.values()].filter((failure) => failure !== null)]
}

/** Returns whether the home has loaded everything and found nothing to show. */
export function isAllWell({ previousKeys, dueKeys, lostKeys, failedEvents, now }: State): boolean {
  return (
    [previousKeys, dueKeys, lostKeys].every(
      (list) => list.is === 'done' && list.value.isComplete && list.value.keys.length === 0,
    ) &&
    failedEvents.is === 'done' &&
    failures([], failedEvents.value, now).length === 0
  )
}

/** Counts items by their application, the largest number first. */
export function perApplication(items: readonly WebhookIds[]): [applicationId: string, count: number][] {
  const counts = new Map<string, number>()
  for (const { applicationId } of items) counts.set(applicationId, (counts.get(applicationId) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}

/** IDs contain no spaces. */
function nameOf({ applicationId, webhookId }: WebhookIds): string {
  return `${applicationId} ${webhookId}`
}
