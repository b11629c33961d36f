import { copyText } from '../../shared/copy-text.ts'
import { newIdempotencyKey } from '../../shared/idempotency-key.ts'
import { saveFile } from '../../shared/save-file.ts'
import { fileOf } from '../bulk-file.ts'
import { isRunning, unfinished, type Bulk, type BulkKind, type BulkTerms } from '../bulk.ts'
import type { OverlapChoice } from '../dialogs.ts'
import { defaultOverlap } from '../overlap.ts'
import { withKeys } from '../selection.ts'
import type { Context } from './attempt.ts'
import { createBulkCalls, toResult } from './bulk-calls.ts'
import type { Pages } from './pages.ts'
import type { Secrets } from './secrets.ts'

/** Maximum number of calls at a time. */
const maxCalls = 4
/** How often to repeat a call that returned 429. */
const maxWaits = 5

/** Creates the actions that rotate, invite, probe and end overlaps for many webhooks. */
export function createBulk({ store, client, attempt }: Context, pages: Pages, secrets: Secrets) {
  const calls = createBulkCalls(client)
  /** The Idempotency-Key of each webhook's rotation: trying again gets the secret of a rotation that has happened. */
  let idempotencyKeys = new Map<string, string>()
  /** Stops the run. */
  let halt = new AbortController()

  function change(change: Partial<Bulk>): void {
    const { bulk } = store.get()
    if (bulk) store.set({ bulk: { ...bulk, ...change } })
  }

  function openBulk(kind: BulkKind): void {
    const { route, selection } = store.get()
    if (route.page !== 'application') return
    const terms = { overlap: defaultOverlap, expiresInSeconds: 259_200, endOverlap: false, reason: '' }
    idempotencyKeys = new Map()
    store.set({
      bulk: {
        kind,
        applicationId: route.applicationId,
        webhookIds: [...selection.keyIds.keys()],
        keyIds: selection.keyIds,
        terms,
        stage: 'asking',
        results: new Map(),
        progress: { count: 0, total: 0 },
        waitsUntil: null,
        lines: [],
        saved: false,
        copyFailed: false,
      },
    })
  }

  function chooseBulkTerms(chosen: Partial<BulkTerms>): void {
    const { bulk } = store.get()
    if (bulk) change({ terms: { ...bulk.terms, ...chosen } })
  }

  function chooseBulkOverlap(chosen: Partial<OverlapChoice>): void {
    const { bulk } = store.get()
    if (bulk) chooseBulkTerms({ overlap: { ...bulk.terms.overlap, ...chosen } })
  }

  /** Acts on the webhooks, a few at a time. */
  async function run(webhookIds: readonly string[]): Promise<void> {
    halt = new AbortController()
    change({ stage: 'running', progress: { count: 0, total: webhookIds.length } })
    const rest = webhookIds.values()
    const work = async () => {
      for (const webhookId of rest) {
        await act(webhookId)
        // After a 401, no other call waits, and none starts.
        if (!store.get().session) halt.abort()
        if (halt.signal.aborted) return
      }
    }
    await Promise.all(Array.from({ length: maxCalls }, work))
    const { bulk } = store.get()
    const { failed, untried } = bulk ? unfinished(bulk) : { failed: [], untried: [] }
    change({ stage: 'done', waitsUntil: null })
    store.set({ announcement: `Finished. ${failed.length} failed, ${untried.length} not tried.` })
    pages.reload()
  }

  async function act(webhookId: string): Promise<void> {
    const { bulk } = store.get()
    if (!bulk) return
    const { kind, applicationId, terms, keyIds } = bulk
    const key = idempotencyKeys.get(webhookId) ?? newIdempotencyKey()
    idempotencyKeys.set(webhookId, key)
    const call = () =>
      attempt(attempts[kind], () =>
        calls[kind]({ applicationId, webhookId }, terms, key, keyIds.get(webhookId) ?? null),
      )
    let outcome = await call()
    for (let waits = 0; waits < maxWaits && outcome.is === 'failed'; waits += 1) {
      const { status, retryAt } = outcome.problem
      if (status !== 429 || retryAt === null) break
      await waitUntil(retryAt)
      if (halt.signal.aborted) break
      outcome = await call()
    }
    const now = store.get().bulk
    if (!now) return
    const line = outcome.is === 'done' ? outcome.value.line : undefined
    // The user knows of this rotation, so its overlap can be ended next.
    if (line && 'keyId' in line)
      store.set({ selection: withKeys(store.get().selection, [{ id: webhookId, keyId: line.keyId }]) })
    change({
      results: new Map(now.results).set(webhookId, toResult(now, webhookId, outcome)),
      progress: { ...now.progress, count: now.progress.count + 1 },
      ...(line && { lines: [...now.lines, line], saved: false }),
    })
  }

  /** Waits until the time, or until the run stops. @param time milliseconds since 1970 */
  async function waitUntil(time: number): Promise<void> {
    const { signal } = halt
    if (signal.aborted) return
    change({ waitsUntil: Math.max(time, store.get().bulk?.waitsUntil ?? 0) })
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, time - Date.now())
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  function startBulk({ webhookIds }: Bulk, reason: string): void {
    chooseBulkTerms({ reason: reason.trim() })
    void run(webhookIds)
  }

  /** Lets the calls in progress finish, and starts no more. */
  function stopBulk(): void {
    halt.abort()
    change({ stage: 'stopping' })
  }

  function saveLines(): void {
    const { bulk } = store.get()
    if (!bulk) return
    saveFile(fileOf(bulk))
    change({ saved: true })
    store.set({ announcement: 'The file was saved.' })
  }

  async function copyLinks(): Promise<void> {
    const { bulk } = store.get()
    const links = bulk?.lines.map((line) => ('url' in line ? `${line.webhookId} ${line.url}` : '')) ?? []
    if (await copyText(links.join('\n'))) {
      change({ saved: true, copyFailed: false })
      store.set({ announcement: 'The links were copied.' })
    } else change({ copyFailed: true })
  }

  /** Closes the dialog, unless calls are running. If the file is unsaved, asks for confirmation first. */
  function closeBulk(): void {
    if (!isRunning(store.get().bulk)) secrets.leave(() => undefined)
  }

  return {
    openBulk,
    chooseBulkTerms,
    chooseBulkOverlap,
    startBulk,
    runBulkAgain: run,
    stopBulk,
    saveLines,
    copyLinks,
    closeBulk,
  }
}

const attempts = {
  rotate: { what: 'rotate secrets', scope: 'secrets:rotate' },
  invite: { what: 'invite someone', scope: 'secrets:rotate' },
  probe: { what: 'probe receivers', scope: 'secrets:rotate' },
  end: { what: 'revoke keys', scope: 'secrets:rotate' },
}
