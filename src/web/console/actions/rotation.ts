import type { OverlapChoice, RevokeDialog, RotateDialog } from '../dialogs.ts'
import { toFault, type Fault } from '../fault.ts'
import { defaultOverlap, schemeOf, toOverlapInput } from '../overlap.ts'
import { mayHaveHappened, type Problem } from '../problem.ts'
import type { WebhookIds } from '../route.ts'
import { faultOfSecret } from '../schemes.ts'
import { wordFor } from '../state.ts'
import type { Context } from './attempt.ts'
import type { Pages } from './pages.ts'
import type { Secrets } from './secrets.ts'

const secretPath = '/applications/{applicationId}/webhooks/{webhookId}/secret'

/** Creates the actions that rotate secrets and revoke previous keys. */
export function createRotation({ store, client, attempt }: Context, pages: Pages, secrets: Secrets) {
  /** Returns an If-Match header, so the request fails if the current key is no longer the key on the page. */
  function ifMatch(): { 'If-Match'?: string } {
    const { keys } = store.get()
    return keys.is === 'done' && keys.value.current ? { 'If-Match': `"${keys.value.current.id}"` } : {}
  }

  function change(change: { busy: boolean; problem: Problem | null; fault?: Fault | null }): void {
    const { dialog } = store.get()
    if (dialog?.kind === 'rotate' || dialog?.kind === 'revoke')
      store.set({ dialog: { ...dialog, ...change } })
  }

  function fail(problem: Problem): void {
    change({ busy: false, problem })
    pages.reload()
  }

  /** @param imports whether the user enters the secret */
  function openRotation(webhook: WebhookIds, imports = false): void {
    secrets.leave(() => {
      const asked = { webhook, imports, overlap: defaultOverlap }
      store.set({ dialog: { kind: 'rotate', ...asked, busy: false, problem: null, fault: null } })
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

  /** Changes the overlap in a dialog that asks for one. */
  function chooseOverlap(change: Partial<OverlapChoice>): void {
    const { dialog } = store.get()
    if (dialog && 'overlap' in dialog)
      store.set({ dialog: { ...dialog, overlap: { ...dialog.overlap, ...change } } })
  }

  /** @param signingSecret the secret to import, which is nowhere in the state */
  async function rotate({ webhook, imports, overlap }: RotateDialog, reason: string, signingSecret: string) {
    const wrong = imports ? faultOfSecret(signingSecret, schemeOf(store.get().webhook)) : null
    if (wrong !== null) {
      change({ busy: false, problem: null, fault: { field: 'signingSecret', text: wrong } })
      return
    }
    const params = { path: webhook, header: ifMatch() }
    const body = {
      ...toOverlapInput(overlap),
      ...(reason !== '' && { reason }),
      ...(imports && { signingSecret }),
    }
    change({ busy: true, problem: null, fault: null })
    const outcome = await attempt(
      { what: imports ? 'import a secret' : 'rotate this secret', scope: 'secrets:rotate' },
      () => client.PATCH(secretPath, { params, body }),
    )
    if (outcome.is === 'failed') {
      const fault = faultOfRotation(outcome.problem, imports)
      if (fault) change({ busy: false, problem: null, fault })
      else if (mayHaveHappened(outcome.problem))
        fail({ ...outcome.problem, ...(imports ? lostImport : lostRotation) })
      else fail(outcome.problem)
      return
    }
    if (imports) {
      store.set({ dialog: null, probe: null, announcement: 'The secret was imported.' })
      pages.reload()
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

  async function revoke({ webhook }: RevokeDialog): Promise<void> {
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

  return { openRotation, openRevocation, closeDialog, chooseOverlap, rotate, revoke }
}

/** Finds the input that the API refused. A 409 about an import concerns the secret, unless there are too many keys. */
function faultOfRotation(problem: Problem, imports: boolean): Fault | null {
  return imports && problem.status === 409 && /import/i.test(problem.text)
    ? { field: 'signingSecret', text: problem.text }
    : toFault(problem, ['signingSecret', 'reason'])
}

const lostImport = {
  title: 'No response to the import',
  text: 'The console retried with the same Idempotency-Key, but does not know whether the secret was imported. Check the keys: if there is a new one, it was.',
}

const lostRotation = {
  title: 'No response to the rotation',
  text: 'The console retried with the same Idempotency-Key, but does not know whether the secret was rotated. Check the keys: if there is a new one, its secret is lost. Rotate again to get a secret that you can see.',
}
