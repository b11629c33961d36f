import type { Fault } from './fault.ts'
import { isSamePage } from './route.ts'
import type { State } from './state.ts'

/** The element that had the focus when the dialog opened. */
let opener: Element | null = null

/**
 * Moves the focus to the part of the page that changed, for users who cannot see the change. Call `settleFocus` before
 * rendering. After rendering, call the function that it returned.
 */
export function settleFocus(before: State, after: State): () => void {
  if (after.dialog && !before.dialog) opener = document.activeElement
  return () => {
    const dialog = document.querySelector('dialog')
    // The same element shows another dialog, whose first input gets the focus.
    if (dialog?.open && before.dialog?.kind !== after.dialog?.kind) dialog.close()
    if (dialog && !dialog.open) dialog.showModal()
    const fault = faultIn(after)
    if (fault && fault !== faultIn(before)) focus(`#${fault.field}`)
    if (after.dialog) return
    // A renewed token changes the session, but not the page.
    if (!before.session !== !after.session || !isSamePage(before.route, after.route))
      focus(after.session ? 'h1' : '#sign-in, #token')
    else if (after.secret && after.secret.webhook !== before.secret?.webhook) focus('#secret-title')
    else if (before.secret && !after.secret) focus('h1')
    else if (before.dialog && opener instanceof HTMLElement && opener.isConnected) opener.focus()
    else if (before.dialog) focus('h1')
  }
}

function faultIn({ dialog }: State): Fault | null {
  return dialog && 'fault' in dialog ? dialog.fault : null
}

function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus()
}
