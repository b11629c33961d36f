import { html, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions.ts'
import type { State } from '../state.ts'
import { open } from './open.ts'
import { rotated } from './rotated.ts'
import { stopped } from './stopped.ts'
import { used } from './used.ts'

export function page(state: State, actions: Actions): TemplateResult {
  return html`
    <header class="top">
      <p class="brand">${mark} Rekey</p>
    </header>
    <main>${content(state, actions)}</main>
    <p class="unseen" role="status">${state.announcement}</p>
  `
}

const mark = html`<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
  <rect width="24" height="24" rx="6"></rect>
  <path d="M5 9.5h10M9 14.5h10"></path>
</svg>`

function content(state: State, actions: Actions): TemplateResult {
  const { view, rotating } = state
  switch (view.is) {
    case 'loading':
      return loading('Reading the invitation…')
    case 'stopped':
      return stopped(view.problem, actions)
    case 'open':
      return open(view.invitation, state, actions)
    case 'rotated':
      return rotated(view, state, actions)
    case 'used':
      return rotating ? loading('Getting the secret again…') : used(view.invitation, state, actions)
  }
}

function loading(text: string): TemplateResult {
  return html`<h1 tabindex="-1">Rotate a signing secret</h1>
    <p class="lead">${text}</p>`
}
