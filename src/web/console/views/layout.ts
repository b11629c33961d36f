import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { address, type Route } from '../route.ts'
import type { State } from '../state.ts'
import { countdown } from '../time.ts'
import { application } from './application.ts'
import { applicationDialog } from './application-dialog.ts'
import { applications } from './applications.ts'
import { bulkDialog } from './bulk-dialog.ts'
import { deleteDialog } from './delete-dialog.ts'
import { find } from './find.ts'
import { home } from './home.ts'
import { inviteDialog } from './invite-dialog.ts'
import { leaveDialog } from './leave-dialog.ts'
import { problemsOnTop } from './problem.ts'
import { renewal } from './renewal.ts'
import { revokeDialog } from './revoke-dialog.ts'
import { rotateDialog } from './rotate-dialog.ts'
import { secretPanel } from './secret-panel.ts'
import { signIn } from './sign-in.ts'
import { time } from './time.ts'
import { webhook } from './webhook.ts'
import { webhookDialog } from './webhook-dialog.ts'

/** The page warns if the token expires within this many milliseconds. */
const soon = 300_000

export function layout(state: State, actions: Actions): TemplateResult {
  return html`
    <header class="top">
      <a class="brand" href=${address.home()}>${mark} Rekey</a>
      ${state.session ? html`${navigation(state.route)} ${who(state, actions)}` : nothing}
    </header>
    <main>
      ${
        state.session
          ? html`<div class="notices">${renewal(state)} ${problemsOnTop(state, actions.reload)}</div>
              ${crumbs(state)}`
          : nothing
      }
      ${state.secret ? secretPanel(state.secret, actions) : nothing}
      ${state.session ? content(state, actions) : signIn(state, actions)}
    </main>
    <p class="unseen" role="status">${state.announcement}</p>
    ${dialog(state, actions)}
  `
}

const mark = html`<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
  <rect width="24" height="24" rx="6"></rect>
  <path d="M5 9.5h10M9 14.5h10"></path>
</svg>`

function navigation(route: Route): TemplateResult {
  const isInApplications = ['applications', 'application', 'webhook'].includes(route.page)
  return html`
    <nav aria-label="Main" class="pages">
      <a href=${address.home()} aria-current=${route.page === 'home' ? 'page' : nothing}>Overview</a>
      <a
        href=${address.applications()}
        aria-current=${!isInApplications ? nothing : route.page === 'applications' ? 'page' : 'true'}
        >Applications</a
      >
      <a href=${address.find} aria-current=${route.page === 'find' ? 'page' : nothing}>Find a secret</a>
    </nav>
  `
}

function who({ session, now }: State, actions: Actions): TemplateResult {
  const left = session?.expiresAt ? session.expiresAt - now : Infinity
  return html`
    <p class="who">
      ${session?.subject ? html`<span class="subject" dir="auto">${session.subject}</span>` : nothing}
      ${
        left === Infinity
          ? nothing
          : left > soon
            ? html`<span class="expiry">token expires ${time(now + left, now)}</span>`
            : html`<span class="warning"
                >token
                ${left > 0 ? html`expires in <span class="digits">${countdown(left)}</span>` : html`expired ${time(now + left, now)}`}</span
              >`
      }
      <button type="button" class="link" @click=${actions.signOut}>Sign out</button>
    </p>
  `
}

function crumbs({ route }: State): TemplateResult | typeof nothing {
  if (route.page !== 'webhook') return nothing
  return html`
    <nav aria-label="Breadcrumb">
      <ol class="crumbs">
        <li><a href=${address.application(route.applicationId)}>${route.applicationId}</a></li>
      </ol>
    </nav>
  `
}

function content(state: State, actions: Actions): TemplateResult {
  switch (state.route.page) {
    case 'home':
      return home(state, state.route.olderThan, actions)
    case 'applications':
      return applications(state, state.route, actions)
    case 'application':
      return application(state, state.route, actions)
    case 'webhook':
      return webhook(state, state.route, actions)
    case 'find':
      return find(state, actions)
    case 'unknown':
      return html`
        <h1 tabindex="-1">Page not found</h1>
        <p><a href=${address.home()}>Go to the overview</a></p>
      `
  }
}

function dialog(state: State, actions: Actions): TemplateResult | typeof nothing {
  switch (state.dialog?.kind) {
    case 'rotate':
      return rotateDialog(state, state.dialog, actions)
    case 'invite':
      return inviteDialog(state, state.dialog, actions)
    case 'revoke':
      return revokeDialog(state, state.dialog, actions)
    case 'application':
      return applicationDialog(state, state.dialog, actions)
    case 'webhook':
      return webhookDialog(state, state.dialog, actions)
    case 'delete':
      return deleteDialog(state, state.dialog, actions)
    case 'leave':
      return leaveDialog(state, state.dialog, actions)
    default:
      return state.bulk ? bulkDialog(state, state.bulk, actions) : nothing
  }
}
