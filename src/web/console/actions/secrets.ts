import { holdsUnsavedSecret, isRotating } from '../state.ts'
import type { Context } from './attempt.ts'

export type Secrets = ReturnType<typeof createSecrets>

/** What can be done with a secret while it is shown. */
export function createSecrets({ store }: Context) {
  function change(change: { saved: 'copied' | 'downloaded' } | { copyProblem: string }): void {
    const { secret } = store.get()
    if (secret) store.set({ secret: { ...secret, copyProblem: null, ...change } })
  }

  function forget(): void {
    store.set({ secret: null, dialog: null, announcement: 'The secret is gone from this page.' })
  }

  async function copy(): Promise<void> {
    const { secret } = store.get()
    if (!secret) return
    try {
      // A page over plain HTTP has no clipboard, whatever the types say, and this throws.
      await navigator.clipboard.writeText(secret.signingSecret)
      change({ saved: 'copied' })
      store.set({ announcement: 'The secret was copied.' })
    } catch {
      change({
        copyProblem: 'The browser did not let the page copy. Select the secret and copy it, or download it.',
      })
    }
  }

  /** The reader selected the secret and copied it. */
  function copiedByHand(): void {
    change({ saved: 'copied' })
  }

  /** The file holds the secret alone, without a line's end, so that its SHA-256 is the key's. */
  function download(): void {
    const { secret } = store.get()
    if (!secret) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([secret.signingSecret], { type: 'text/plain' }))
    link.download = `${secret.webhook.applicationId}.${secret.webhook.webhookId}.secret.txt`
    link.click()
    URL.revokeObjectURL(link.href)
    change({ saved: 'downloaded' })
    store.set({ announcement: 'The secret was downloaded.' })
  }

  function dismiss(): void {
    if (holdsUnsavedSecret(store.get())) store.set({ dialog: { kind: 'leave', proceed: forget } })
    else forget()
  }

  /**
   * Goes on to something that takes the secret out of sight. One that was not saved is asked about first.
   * @returns whether it went on at once
   */
  function leave(onward: () => void): boolean {
    const proceed = () => {
      store.set({ secret: null, dialog: null })
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
