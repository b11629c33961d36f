import fc from 'fast-check'

interface ModelKey {
  createdAt: number
  expiresAt: number | null
}

interface ModelWebhook {
  id: string
  url: string
  description: string | null
  /** The keys that were not revoked, oldest first. */
  keys: ModelKey[]
}

export interface ListQuery {
  search?: string | undefined
  state?: 'no_secret' | 'one_key' | 'overlap' | undefined
  createdBefore?: string | undefined
  sort?: 'id' | 'keyCreatedAt' | undefined
}

/** Models what a list of an application's webhooks must return. Every time is in milliseconds since 1970. */
export class WebhookModel {
  readonly webhooks = new Map<string, ModelWebhook>()

  put(id: string, url: string, description: string | null): void {
    const keys = this.webhooks.get(id)?.keys ?? []
    this.webhooks.set(id, { id, url, description, keys })
  }

  rotate(id: string, overlapSeconds: number, now: number): void {
    const webhook = this.webhooks.get(id)
    if (!webhook) return
    const ends = now + overlapSeconds * 1_000
    const kept = webhook.keys.map((key) => ({ ...key, expiresAt: key.expiresAt ?? ends }))
    webhook.keys = [...(overlapSeconds === 0 ? [] : kept), { createdAt: now, expiresAt: null }]
  }

  endOverlap(id: string): void {
    const webhook = this.webhooks.get(id)
    if (webhook) webhook.keys = webhook.keys.filter(({ expiresAt }) => expiresAt === null)
  }

  /** The IDs of the webhooks that a list must return, in order. */
  list({ search, state, createdBefore, sort = 'id' }: ListQuery, now: number): string[] {
    const found = [...this.webhooks.values()].map((webhook) => ({ ...webhook, ...stateOf(webhook, now) }))
    const before = createdBefore === undefined ? Infinity : Date.parse(createdBefore)
    return found
      .filter(({ id, url, description }) =>
        [id, url, description ?? ''].some((text) => lower(text).includes(lower(search ?? ''))),
      )
      .filter((webhook) => state === undefined || webhook.state === state)
      .filter(({ createdAt }) => createdBefore === undefined || (createdAt ?? Infinity) < before)
      .sort((a, b) => {
        const byAge = (a.createdAt ?? Infinity) - (b.createdAt ?? Infinity)
        return (sort === 'keyCreatedAt' && byAge) || (a.id < b.id ? -1 : 1)
      })
      .map(({ id }) => id)
  }
}

function stateOf({ keys }: ModelWebhook, now: number) {
  const current = keys.find(({ expiresAt }) => expiresAt === null)
  const hasOverlap = keys.some(({ expiresAt }) => expiresAt !== null && expiresAt > now)
  const state = hasOverlap ? 'overlap' : current ? 'one_key' : 'no_secret'
  return { state, createdAt: current?.createdAt }
}

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

export const ids = ['a', 'B', 'b', 'b-1', 'b_1', 'z.z', 'Z'] as const

/** Texts in which wildcards, escapes and letters outside ASCII must count as themselves. */
const texts = ['%', '_', '\\', '\\%', "'", 'é', 'É', 'e', 'İ', 'ſ', 'Shop', 'sHOP', 'ß', '𝕏', ' ']
const text = fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 4 }).map((all) => all.join(''))

export const actions = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('put' as const), id: fc.constantFrom(...ids), text }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('rotate' as const),
      id: fc.constantFrom(...ids),
      overlapSeconds: fc.constantFrom(0, 2, 5, 1_000),
    }),
  },
  fc.record({ does: fc.constantFrom('delete' as const, 'endOverlap' as const), id: fc.constantFrom(...ids) }),
  fc.record({ does: fc.constant('wait' as const), seconds: fc.constantFrom(1, 3, 600) }),
)

export type Action = typeof actions extends fc.Arbitrary<infer Value> ? Value : never

export const queries = fc.record({
  search: fc.option(fc.oneof(text, fc.constantFrom('shop', 'HTTPS://', 'b', '.')), { nil: undefined }),
  state: fc.constantFrom(undefined, 'no_secret' as const, 'one_key' as const, 'overlap' as const),
  ageSeconds: fc.constantFrom(undefined, 0, 1, 4, 700),
  sort: fc.constantFrom(undefined, 'id' as const, 'keyCreatedAt' as const),
  limit: fc.constantFrom(1, 2, 3, 100),
})
