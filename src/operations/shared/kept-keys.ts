import type { Store } from '../../store/store.ts'
import type { WebhookKeys } from '../../store/tables/live-keys.ts'

interface Kept {
  webhook: WebhookKeys
  /** The time of the read. If the clock was set back since, keys that had ended could be live again. */
  readAt: number
  /** When the first of the keys ends, in milliseconds since 1970. */
  until: number
}

/** Maximum number of kept keys, where a webhook counts as one more; about 8 MiB. */
const maxSize = 16_384

/**
 * Keeps the sealed keys that signing has read for as long as no process commits anything to the database, because
 * reading and converting their rows takes as long as signing a small message with them. On PostgreSQL, which cannot tell,
 * nothing is kept.
 */
export class KeptKeys {
  readonly #store: Pick<Store, 'version'>
  /** By application, then by webhook. */
  readonly #kept = new Map<string, Map<string, Kept>>()
  #version: number | null = null
  #size = 0

  constructor(store: Pick<Store, 'version'>) {
    this.#store = store
  }

  /**
   * Returns the keys of the webhooks as they are in the database now.
   * @param time milliseconds since 1970
   * @returns null unless the keys of every one of them are known
   */
  find(applicationId: string, webhookIds: readonly string[], time: number): Map<string, WebhookKeys> | null {
    this.#forgetIfChanged()
    const webhooks = this.#kept.get(applicationId)
    if (!webhooks) return null
    const found = new Map<string, WebhookKeys>()
    for (const id of webhookIds) {
      const kept = webhooks.get(id)
      if (!kept || time < kept.readAt || time >= kept.until) return null
      found.set(id, kept.webhook)
    }
    return found
  }

  /**
   * Keeps what `read` returns.
   * @param time the keys that end later are read, in milliseconds since 1970
   */
  async keep(
    applicationId: string,
    time: number,
    read: () => Promise<Map<string, WebhookKeys>>,
  ): Promise<Map<string, WebhookKeys>> {
    // Before the read, so that a commit during the read ends its validity.
    this.#forgetIfChanged()
    const version = this.#version
    const found = await read()
    if (version !== null && version === this.#version)
      for (const [id, webhook] of found) this.#add(applicationId, id, webhook, time)
    return found
  }

  clear(): void {
    this.#kept.clear()
    this.#size = 0
  }

  #forgetIfChanged(): void {
    const version = this.#store.version()
    if (version === this.#version) return
    this.clear()
    this.#version = version
  }

  #add(applicationId: string, webhookId: string, webhook: WebhookKeys, readAt: number): void {
    const known = this.#kept.get(applicationId)?.get(webhookId)
    this.#size += sizeOf(webhook) - (known ? sizeOf(known.webhook) : 0)
    if (this.#size > maxSize) {
      this.clear()
      this.#size = sizeOf(webhook)
    }
    const webhooks = this.#kept.get(applicationId) ?? new Map<string, Kept>()
    this.#kept.set(applicationId, webhooks)
    const until = Math.min(...webhook.keys.map(({ expiresAt }) => expiresAt ?? Infinity))
    webhooks.set(webhookId, { webhook, readAt, until })
  }
}

function sizeOf({ keys }: WebhookKeys): number {
  return keys.length + 1
}
