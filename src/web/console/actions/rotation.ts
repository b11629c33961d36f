import type { Problem } from '../problem.ts'
import type { WebhookIds } from '../route.ts'
import { wordFor, type Dialog } from '../state.ts'
import type { Context } from './attempt.ts'
import type { Pages } from './pages.ts'
import type { Secrets } from './secrets.ts'

const secretPath = '/applications/{applicationId}/webhooks/{webhookId}/secret'
const defaultOverlapSeconds = 86_400

export type Rotation = ReturnType<typeof createRotation>

/** Creates the actions that rotate secrets and revoke previous keys. */
export function createRotation({ store, client, attempt }: Context, pages: Pages, secrets: Secrets) {
  /** Returns an If-Match header, so the request fails if the current key is no longer the key on the page. */
  function ifMatch(): { 'If-Match'?: string } {
    const { keys } = store.get()
    return keys.is === 'done' && keys.value.current ? { 'If-Match': `"${keys.value.current.id}"` } : {}
  }

  function change(change: { busy: boolean; problem: Problem | null }): void {
    const { dialog } = store.get()
    if (dialog && dialog.kind !== 'leave') store.set({ dialog: { ...dialog, ...change } })
  }

  function fail(problem: Problem): void {
    change({ busy: false, problem })
    pages.reload()
  }

  function openRotation(webhook: WebhookIds): void {
    secrets.leave(() => {
      const asked = { overlapSeconds: defaultOverlapSeconds, endWhenProven: false }
      store.set({ dialog: { kind: 'rotate', webhook, ...asked, busy: false, problem: null } })
    })
  }

  function openRevocation(webhook: WebhookIds): void {
    store.set({ dialog: { kind: 'revoke', webhook, busy: false, problem: null } })
  }

  /** Closes the dialog, unless it is waiting for a response. */
  function closeDialog(): void {
    const { dialog } = store.get()
    if (dialog && (dialog.kind === 'leave' || !dialog.busy)) store.set({ dialog: null })
  }

  function chooseOverlap(overlapSeconds: number): void {
    const { dialog } = store.get()
    if (dialog?.kind === 'rotate') store.set({ dialog: { ...dialog, overlapSeconds } })
  }

  function chooseEndWhenProven(endWhenProven: boolean): void {
    const { dialog } = store.get()
    if (dialog?.kind === 'rotate') store.set({ dialog: { ...dialog, endWhenProven } })
  }

  async function rotate(
    { webhook, overlapSeconds, endWhenProven }: Extract<Dialog, { kind: 'rotate' }>,
    reason: string,
  ) {
    const params = { path: webhook, header: ifMatch() }
    const body = {
      overlapSeconds,
      ...(endWhenProven && overlapSeconds > 0 && { endWhenProven }),
      ...(reason.trim() !== '' && { reason: reason.trim() }),
    }
    change({ busy: true, problem: null })
    const outcome = await attempt({ what: 'rotate this secret', scope: 'secrets:rotate' }, () =>
      client.PATCH(secretPath, { params, body }),
    )
    if (outcome.is === 'failed') {
      fail(mayHaveHappened(outcome.problem) ? { ...outcome.problem, ...lostRotation } : outcome.problem)
      return
    }
    const secret = { webhook, ...outcome.value.data, saved: null, copyProblem: null }
    store.set({
      dialog: null,
      secret,
      probe: null,
      announcement:
        wordFor(secret) === 'secret'
          ? 'The secret was rotated. The new secret is shown only once.'
          : 'The key was rotated. The page shows the new public key.',
    })
    pages.reload()
  }

  async function revoke({ webhook }: Extract<Dialog, { kind: 'revoke' }>): Promise<void> {
    const params = { path: webhook, header: ifMatch() }
    change({ busy: true, problem: null })
    const outcome = await attempt({ what: 'revoke keys', scope: 'secrets:rotate' }, () =>
      client.DELETE(`${secretPath}/previous`, { params }),
    )
    if (outcome.is === 'failed') {
      fail(outcome.problem)
      return
    }
    store.set({
      dialog: null,
      keys: { is: 'done', value: outcome.value.data },
      announcement: 'The previous keys were revoked. Only the current key signs.',
    })
    pages.reload()
  }

  return { openRotation, openRevocation, closeDialog, chooseOverlap, chooseEndWhenProven, rotate, revoke }
}

/** Returns whether the rotation may have happened: no response arrived, or the response may come from a proxy. */
function mayHaveHappened({ status }: Problem): boolean {
  return status === null || status >= 500
}

const lostRotation = {
  title: 'No response to the rotation',
  text: 'The console retried with the same Idempotency-Key, but does not know whether the secret was rotated. Check the keys: if there is a new one, its secret is lost. Rotate again to get a secret that you can see.',
}
