import { copyText, isSelected } from '../../shared/copy-text.ts'
import { saveFile } from '../../shared/save-file.ts'
import { holdsUnsavedSecret, isRotating, wordFor } from '../state.ts'
import type { Context } from './attempt.ts'

export type Secrets = ReturnType<typeof createSecrets>

/** Creates the actions that save or dismiss the new secret. */
export function createSecrets({ store }: Context) {
  function change(change: { saved: 'copied' | 'downloaded' } | { copyProblem: string }): void {
    const { secret } = store.get()
    if (secret) store.set({ secret: { ...secret, copyProblem: null, ...change } })
  }

  function forget(): void {
    const { secret } = store.get()
    const announcement = secret ? `The ${wordFor(secret)} was removed from this page.` : ''
    store.set({ secret: null, dialog: null, announcement })
  }

  async function copy(): Promise<void> {
    const { secret } = store.get()
    if (!secret) return
    if (await copyText(secret.signingSecret)) {
      change({ saved: 'copied' })
      store.set({ announcement: `The ${wordFor(secret)} was copied.` })
    } else {
      change({
        copyProblem: `The browser blocked the copy. Select the ${wordFor(secret)} and copy it yourself, or download it.`,
      })
    }
  }

  /** Records that the user copied the secret without the Copy button, unless only a part of it. */
  function copiedByHand(): void {
    const { secret } = store.get()
    if (secret && isSelected(secret.signingSecret)) change({ saved: 'copied' })
  }

  /** Downloads the secret without a trailing newline, so the file's SHA-256 matches the key's `sha256`. */
  function download(): void {
    const { secret } = store.get()
    if (!secret) return
    const { applicationId, webhookId } = secret.webhook
    saveFile({
      name: `${applicationId}.${webhookId}.${wordFor(secret).replace(' ', '-')}.txt`,
      text: secret.signingSecret,
    })
    change({ saved: 'downloaded' })
    store.set({ announcement: `The ${wordFor(secret)} was downloaded.` })
  }

  function dismiss(): void {
    if (holdsUnsavedSecret(store.get())) store.set({ dialog: { kind: 'leave', proceed: forget } })
    else forget()
  }

  /**
   * Removes the secret or the bulk action from the page, then calls `onward`. If a secret is unsaved, asks for
   * confirmation first. While a rotation is running, does nothing.
   * @returns whether `onward` was called immediately
   */
  function leave(onward: () => void): boolean {
    const proceed = () => {
      store.set({ secret: null, bulk: null, dialog: null })
      onward()
    }
    if (isRotating(store.get())) return false
    if (holdsUnsavedSecret(store.get())) {
      store.set({ dialog: { kind: 'leave', proceed } })
      return false
    }
    proceed()
    return true
  }

  return { copy, copiedByHand, download, dismiss, leave }
}
