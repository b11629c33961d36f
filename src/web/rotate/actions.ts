import { createClient } from '../../client/client.ts'
import { copyText, isSelected } from '../shared/copy-text.ts'
import { saveFile } from '../shared/save-file.ts'
import type { Store } from '../shared/store.ts'
import { isUsed, noInvitation, toProblem } from './problem.ts'
import { saveInvitation, takeInvitation, type SavedInvitation } from './saved-invitation.ts'
import type { Secret, State } from './state.ts'

const safeToRotateAgain =
  'Pressing the button again is safe: the secret is rotated only once, and you get the same secret.'
const safeToProbeAgain = 'Testing again changes nothing.'

export type Actions = ReturnType<typeof createActions>

/** @param baseUrl the server's URL without `/api/v1` */
export function createActions(store: Store<State>, baseUrl: string) {
  let saved: SavedInvitation | null = null
  const client = createClient({ baseUrl, token: () => saved?.token ?? '' })

  async function read() {
    const { data } = await client.GET('/invitation')
    return data
  }

  /** Opens the invitation in the URL, or continues with the one that this tab has saved. */
  async function open(): Promise<void> {
    saved = takeInvitation()
    const opened = saved
    store.set({ view: { is: 'loading' }, rotating: false, problem: null, probe: 'none', announcement: '' })
    if (!opened) {
      store.set({ view: { is: 'stopped', problem: noInvitation } })
      return
    }
    try {
      const invitation = await read()
      if (saved !== opened) return
      const view = { is: invitation.state, invitation }
      store.set({ view })
      // After a reload within ten minutes of the rotation, the same Idempotency-Key gets the same secret again.
      if (view.is === 'used' && opened.pressed) await rotate()
    } catch (error) {
      if (saved !== opened) return
      store.set({ view: { is: 'stopped', problem: toProblem(error, '', Date.now()) } })
    }
  }

  /** Rotates the secret, or gets the secret of the rotation that this tab has already made. */
  async function rotate(): Promise<void> {
    const { view, rotating } = store.get()
    const used = saved
    if (rotating || !used || (view.is !== 'open' && view.is !== 'used')) return
    used.pressed = true
    saveInvitation(used)
    store.set({ rotating: true, problem: null, announcement: 'Rotating the secret.' })
    const { applicationId, webhookId } = view.invitation
    try {
      const { data } = await client.PATCH('/applications/{applicationId}/webhooks/{webhookId}/secret', {
        params: {
          path: { applicationId, webhookId },
          header: { 'Idempotency-Key': used.idempotencyKey },
        },
      })
      if (saved !== used) return
      const usedAt = view.invitation.usedAt ?? new Date().toISOString()
      store.set({
        view: {
          is: 'rotated',
          invitation: { ...view.invitation, state: 'used', usedAt },
          secret: { ...data, revealed: false, saved: null, copyFailed: false },
        },
        rotating: false,
        announcement: 'The secret was rotated. The new secret is on this page.',
      })
      await refresh(used)
    } catch (error) {
      if (saved !== used) return
      if (isUsed(error)) {
        store.set({
          view: { is: 'used', invitation: view.invitation },
          rotating: false,
          announcement: 'The invitation was used.',
        })
        await refresh(used)
        return
      }
      const problem = toProblem(error, safeToRotateAgain, Date.now())
      if (problem.canRetry) store.set({ rotating: false, problem, announcement: problem.title })
      else store.set({ rotating: false, view: { is: 'stopped', problem } })
    }
  }

  /** Refetches the invitation, for the time of its use and the number of tests left. A failure changes nothing. */
  async function refresh(shown: SavedInvitation | null): Promise<void> {
    const invitation = await read().catch(() => null)
    const { view } = store.get()
    if (invitation && saved === shown && (view.is === 'rotated' || view.is === 'used'))
      store.set({ view: { ...view, invitation } })
  }

  async function probe(): Promise<void> {
    const { view, probe: last } = store.get()
    if (last === 'running' || (view.is !== 'rotated' && view.is !== 'used')) return
    const used = saved
    const { applicationId, webhookId, probesLeft } = view.invitation
    if (probesLeft === 0) return
    store.set({ probe: 'running', announcement: 'Testing the receiver.' })
    try {
      const { data } = await client.POST('/applications/{applicationId}/webhooks/{webhookId}/probes', {
        params: { path: { applicationId, webhookId } },
      })
      if (saved !== used) return
      store.set({
        probe: { done: data },
        announcement: data.proven ? 'The receiver passed.' : 'The receiver did not pass.',
      })
    } catch (error) {
      if (saved !== used) return
      const failed = toProblem(error, safeToProbeAgain, Date.now())
      store.set({ probe: { failed }, announcement: failed.title })
    }
    await refresh(used)
  }

  function change(change: Partial<Secret>, announcement: string): void {
    const { view } = store.get()
    if (view.is === 'rotated')
      store.set({ view: { ...view, secret: { ...view.secret, ...change } }, announcement })
  }

  async function copy(): Promise<void> {
    const { view } = store.get()
    if (view.is !== 'rotated') return
    if (await copyText(view.secret.signingSecret))
      change({ saved: 'copied', copyFailed: false }, 'The secret was copied.')
    else change({ revealed: true, copyFailed: true }, '')
  }

  /** Downloads the secret without a trailing newline, so the file has the secret's SHA-256. */
  function download(): void {
    const { view } = store.get()
    if (view.is !== 'rotated') return
    const { applicationId, webhookId } = view.invitation
    saveFile({ name: `${applicationId}.${webhookId}.secret.txt`, text: view.secret.signingSecret })
    change({ saved: 'downloaded' }, 'The secret was downloaded.')
  }

  function toggle(): void {
    const { view } = store.get()
    if (view.is === 'rotated') change({ revealed: !view.secret.revealed }, '')
  }

  /** Records that the user copied the secret without the Copy button, unless only a part of it. */
  function copiedByHand(): void {
    const { view } = store.get()
    if (view.is === 'rotated' && isSelected(view.secret.signingSecret)) change({ saved: 'copied' }, '')
  }

  return {
    open,
    rotate,
    probe,
    copy,
    download,
    toggle,
    copiedByHand,
    tick(now: number) {
      store.set({ now })
    },
  }
}
