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
  /** The version that was seen last. Everything kept was read after that. */
  #version: number | null
  #size = 0

  constructor(store: Pick<Store, 'version'>) {
    this.#store = store
    this.#version = store.version()
  }

  /**
   * Returns the keys of the webhooks as they are in the database now. Calls `read` unless all of them are known.
   * @param time only keys that end later are wanted, in milliseconds since 1970
   * @param read reads the keys of these webhooks that end after `time`
   */
  async read(
    applicationId: string,
    webhookIds: readonly string[],
    time: number,
    read: () => Promise<Map<string, WebhookKeys>>,
  ): Promise<Map<string, WebhookKeys>> {
    const kept = this.#find(applicationId, webhookIds, time)
    // Asking for the version takes a tenth of the time of a signature, so it is asked for only if it decides.
    if (kept && this.#isUnchanged()) return kept
    const version = this.#version
    const found = await read()
    // After a commit since `version` was seen, what is added here is forgotten before its first use.
    if (version !== null && version === this.#version) this.#add(applicationId, found, time)
    return found
  }

  clear(): void {
    this.#kept.clear()
    this.#size = 0
  }

  #find(applicationId: string, webhookIds: readonly string[], time: number): Map<string, WebhookKeys> | null {
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

  /** Whether no process has committed anything since the version was seen. Otherwise, forgets all keys. */
  #isUnchanged(): boolean {
    const version = this.#store.version()
    if (version === this.#version) return true
    this.clear()
    this.#version = version
    return false
  }

  #add(applicationId: string, found: Map<string, WebhookKeys>, readAt: number): void {
    let webhooks = this.#kept.get(applicationId)
    for (const [id, webhook] of found) {
      const known = webhooks?.get(id)
      const size = this.#size + sizeOf(webhook) - (known ? sizeOf(known.webhook) : 0)
      // Keys that push each other out would cost more than they save.
      if (size > maxSize) return
      this.#size = size
      if (!webhooks) this.#kept.set(applicationId, (webhooks = new Map<string, Kept>()))
      webhooks.set(id, { webhook, readAt, until: firstEnd(webhook) })
    }
  }
}

function firstEnd({ keys }: WebhookKeys): number {
  let first = Infinity
  for (const { expiresAt } of keys) if (expiresAt !== null && expiresAt < first) first = expiresAt
  return first
}

function sizeOf({ keys }: WebhookKeys): number {
  return keys.length + 1
}
