import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { List, Loadable, State } from '../state.ts'
import { partProblem } from './problem.ts'

/** Renders the data with `view` if the data has loaded. Otherwise, renders a loading message or the failure. */
export function loaded<T>(
  part: Loadable<T>,
  state: State,
  actions: Actions,
  view: (value: T) => TemplateResult,
): TemplateResult {
  if (part.is === 'done') return view(part.value)
  if (part.is === 'failed') return partProblem(part.problem, state, actions.reload)
  return html`<p class="quiet">Loading…</p>`
}

/** Renders a button that loads the list's next page, if there is a next page. */
export function showMore(
  { nextCursor }: List<unknown>,
  state: State,
  actions: Actions,
  label: string,
): TemplateResult | typeof nothing {
  const { more } = state
  if (nextCursor === null) return nothing
  return html`
    ${more?.is === 'failed' ? partProblem(more.problem, state) : nothing}
    <p>
      <button type="button" aria-busy=${more?.is === 'loading'} @click=${actions.showMore}>
        ${more?.is === 'loading' ? 'Loading…' : label}
      </button>
    </p>
  `
}
