import { createHash } from 'node:crypto'

const maxLiveKeys = 10
const defaultOverlapSeconds = 86_400
const retryWindowMs = 600_000
const keptAfterEndMs = 86_400_000
const maxShown = 101

export interface ModelKey {
  etag: string
  secret: string
  /** Unix time in milliseconds, like `revokedAt`. */
  expiresAt: number | null
  revokedAt: number | null
}

export type ModelState = 'current' | 'previous' | 'expired' | 'revoked'

export interface Rotation {
  body: { overlapSeconds?: number; reason?: string; signingSecret?: string }
  ifMatch: string | undefined
  idempotencyKey: string | undefined
}

/** The expected response to a rotation. A 200 without `replayed` means that a new key was issued. */
export interface Outcome {
  status: 200 | 404 | 409 | 412 | 422
  replayed?: ModelKey
}

/**
 * Models the documented behavior of one webhook's keys, in as few lines as possible and without any server code.
 * Every `now` is Unix time in milliseconds.
 */
export class KeyModel {
  exists = false
  /** Newest first, including inactive keys. */
  keys: ModelKey[] = []
  /** The type of each audit event, oldest first. */
  readonly eventTypes: string[] = []
  readonly #answers = new Map<string, { body: string; key: ModelKey; until: number }>()

  put(): void {
    if (!this.exists) this.eventTypes.push('webhook.created')
    this.exists = true
  }

  delete(): void {
    if (this.exists) this.eventTypes.push('webhook.deleted')
    this.exists = false
    this.keys = []
    this.#answers.clear()
  }

  matches(ifMatch: string | undefined): boolean {
    const current = this.keys[0]
    return (
      ifMatch === undefined ||
      (current !== undefined && ['*', current.etag].some((tag) => ifMatch.split(', ').includes(tag)))
    )
  }

  outcome({ body, ifMatch, idempotencyKey }: Rotation, now: number): Outcome {
    if (!this.exists) return { status: 404 }
    const earlier = this.#answers.get(idempotencyKey ?? '')
    if (earlier && earlier.until > now)
      return earlier.body === canonical(body) ? { status: 200, replayed: earlier.key } : { status: 422 }
    const live = this.live(now)
    const { overlapSeconds = defaultOverlapSeconds, signingSecret = '' } = body
    const isTaken = live.some(({ secret }) => fingerprint(secret) === fingerprint(signingSecret))
    if (isTaken || (live.length >= maxLiveKeys && overlapSeconds > 0)) return { status: 409 }
    return { status: this.matches(ifMatch) ? 200 : 412 }
  }

  rotate({ body, idempotencyKey }: Rotation, issued: Pick<ModelKey, 'etag' | 'secret'>, now: number): void {
    const { overlapSeconds = defaultOverlapSeconds } = body
    for (const key of this.live(now)) {
      key.expiresAt ??= now + overlapSeconds * 1000
      if (overlapSeconds === 0) key.revokedAt = now
    }
    const key = { ...issued, expiresAt: null, revokedAt: null }
    this.keys.unshift(key)
    this.eventTypes.push('secret.rotated')
    if (idempotencyKey !== undefined)
      this.#answers.set(idempotencyKey, { body: canonical(body), key, until: now + retryWindowMs })
  }

  revokePrevious(now: number): void {
    const previous = this.live(now).slice(1)
    for (const key of previous) key.revokedAt = now
    if (previous.length > 0) this.eventTypes.push('secret.previous_revoked')
  }

  /** Returns the live keys, newest first. */
  live(now: number): ModelKey[] {
    return this.keys.filter((key) => isLive(key, now))
  }

  /** Returns the keys that `GET …/secret` lists: every live key and the newest inactive keys. */
  shown(now: number): ModelKey[] {
    const live = this.live(now)
    const ended = this.keys.filter((key) => !live.includes(key)).slice(0, maxShown - live.length)
    return this.keys.filter((key) => live.includes(key) || ended.includes(key))
  }

  /** Returns the key that verifies a message signed with these secrets, if any. Prefers live keys, then newer keys. */
  signer(secrets: string[], now: number): ModelKey | undefined {
    const signers = this.keys.filter(
      (key) => secrets.includes(key.secret) && endOf(key) > now - keptAfterEndMs,
    )
    return signers.find((key) => isLive(key, now)) ?? signers[0]
  }
}

export function stateOf({ expiresAt, revokedAt }: ModelKey, now: number): ModelState {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt === null) return 'current'
  return now < expiresAt ? 'previous' : 'expired'
}

export function fingerprint(secret: string): string {
  return `whsec_****${createHash('sha256').update(secret).digest('hex').slice(0, 4)}`
}

function isLive(key: ModelKey, now: number): boolean {
  return ['current', 'previous'].includes(stateOf(key, now))
}

function endOf({ expiresAt, revokedAt }: ModelKey): number {
  return revokedAt ?? expiresAt ?? Infinity
}

function canonical(body: Rotation['body']): string {
  return JSON.stringify(Object.entries(body).sort())
}
