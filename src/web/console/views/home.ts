import { html, type TemplateResult } from 'lit-html'
import { roughly } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { isAllWell, knownSince } from '../attention.ts'
import { address, ages, type Age } from '../route.ts'
import type { State } from '../state.ts'
import { dueSecrets } from './due-secrets.ts'
import { overlaps } from './overlaps.ts'
import { recentFailures } from './recent-failures.ts'
import { welcome } from './welcome.ts'

/** Renders the page that says what needs attention. */
export function home(state: State, olderThan: Age, actions: Actions): TemplateResult {
  return html`
    <div class="heading">
      <h1 tabindex="-1">Overview</h1>
      <p class="buttons">
        ${ageChoice(olderThan)}
        <button type="button" @click=${actions.reload}>Refresh</button>
      </p>
    </div>
    ${
      isAllWell(state)
        ? calm(state, olderThan, actions)
        : html`${recentFailures(state, actions)} ${overlaps(state, actions)}
          ${dueSecrets(state, olderThan, actions)}`
    }
  `
}

/** Renders the page if nothing needs attention. */
function calm(state: State, olderThan: Age, actions: Actions): TemplateResult {
  const { hasApplication, failedEvents, now } = state
  const since = knownSince(failedEvents.is === 'done' ? failedEvents.value : [], now)
  if (hasApplication.is === 'loading') return html`<p class="quiet">Loading…</p>`
  if (hasApplication.is === 'done' && !hasApplication.value) return welcome(state, actions)
  return html`<p>
    <span class="good">✓</span> All is well: nothing failed in the last ${roughly(now - since)}, no overlap is
    open, and no secret is older than ${olderThan} days.
  </p>`
}

function ageChoice(olderThan: Age): TemplateResult {
  const choose = (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement
    location.hash = address.home(ages.find((age) => String(age) === value))
  }
  return html`
    <label class="inline">
      Secrets are due after
      <select @change=${choose}>
        ${ages.map((age) => html`<option value=${age} ?selected=${age === olderThan}>${age} days</option>`)}
      </select>
    </label>
  `
}
