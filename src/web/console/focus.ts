import type { Fault } from './fault.ts'
import { hashOf, isSamePage, type Route } from './route.ts'
import type { State } from './state.ts'

/** The element that had the focus when the dialog opened. */
let opener: Element | null = null

/**
 * Moves the focus to the part of the page that changed, for users who cannot see the change. Call `settleFocus` before
 * rendering. After rendering, call the function that it returned.
 */
export function settleFocus(before: State, after: State): () => void {
  const focused = document.activeElement
  const hadDialog = isAsking(before)
  if (isAsking(after) && !hadDialog) opener = focused
  return () => {
    const dialog = document.querySelector('dialog')
    // The same element shows another dialog, whose first input gets the focus.
    if (dialog?.open && before.dialog?.kind !== after.dialog?.kind) dialog.close()
    if (dialog && !dialog.open) dialog.showModal()
    const fault = faultIn(after)
    if (fault && fault !== faultIn(before)) focus(`#${fault.field}`)
    const isLost = focused?.isConnected === false
    if (isAsking(after)) {
      if (isLost && !document.activeElement?.matches('dialog *')) focus('#dialog-title')
      return
    }
    // A renewed token changes the session, but not the page.
    if (!before.session !== !after.session || !isSamePage(before.route, after.route))
      focus(after.session ? (rowOf(before.route) ?? 'h1') : '#sign-in, #token')
    else if (after.secret && after.secret.webhook !== before.secret?.webhook) focus('#secret-title')
    else if (before.secret && !after.secret) focus('h1')
    else if (hadDialog && opener instanceof HTMLElement && opener.isConnected) opener.focus()
    else if (hadDialog || isLost || (before.route !== after.route && focused?.closest('.pager'))) focus('h1')
  }
}

/** Returns whether a dialog is open. */
function isAsking({ dialog, bulk }: State): boolean {
  return dialog !== null || bulk !== null
}

/** Returns the selector of the row that leads to the page, if the visible list has one. */
function rowOf(page: Route): string | null {
  const selector = `tbody a[href="${hashOf(page).replace(/\?.*$/, '')}"]`
  return document.querySelector(selector) && selector
}

function faultIn({ dialog }: State): Fault | null {
  return dialog && 'fault' in dialog ? dialog.fault : null
}

function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus()
}
