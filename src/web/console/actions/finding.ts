import { plural } from '../../shared/words.ts'
import type { ListedKey } from '../state.ts'
import type { Context } from './attempt.ts'

/** Creates the action that finds the webhooks of a secret. */
export function createFinding({ store, client, attempt }: Context) {
  /** Reads all pages: a page can be empty although more follow. */
  async function listKeys(sha256: string): Promise<ListedKey[]> {
    const keys: ListedKey[] = []
    const query: { sha256: string; limit: number; cursor?: string } = { sha256, limit: 100 }
    for (;;) {
      const { items, nextCursor } = (await client.GET('/keys', { params: { query } })).data
      keys.push(...items)
      if (nextCursor === null) return keys
      query.cursor = nextCursor
    }
  }

  /** Hashes the secret in the browser, and sends the hash alone. The state never contains the secret. */
  async function findSecret(secret: string): Promise<void> {
    store.set({ found: { is: 'loading' }, announcement: 'Searching.' })
    const { route } = store.get()
    const sha256 = await hash(secret)
    const found = await attempt({ what: 'look for a secret', scope: 'secrets:read' }, async () => ({
      sha256,
      keys: await listKeys(sha256),
    }))
    if (store.get().route === route)
      store.set({
        found,
        announcement: found.is === 'failed' ? found.problem.title : count(found.value.keys),
      })
  }

  return { findSecret }
}

async function hash(secret: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function count(keys: readonly ListedKey[]): string {
  return keys.length === 0
    ? 'No key has this secret.'
    : `${plural(keys.length, 'key has', 'keys have')} this secret.`
}
