import { html, nothing, type TemplateResult } from 'lit-html'
import { plural } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { atCursor, isEmptyList, isFiltered, type ListPage, type ListRoute } from '../listing.ts'
import { address, hashOf, holdsSecret } from '../route.ts'
import type { Loadable, State } from '../state.ts'

const number = new Intl.NumberFormat('en')

/** Returns whether there is something to search: not if the list is empty without filters, or the token cannot read it. */
export function hasTools(list: Loadable<ListPage<unknown>>, route: ListRoute): boolean {
  if (list.is === 'done') return !isEmptyList(list.value, route)
  return list.is === 'loading' || (list.problem.status !== 403 && list.problem.status !== 404)
}

/** Renders the search field. The key `/` focuses it. */
export function searchField(
  { route, draft }: State,
  { label, hint }: { label: string; hint: string },
  actions: Actions,
): TemplateResult {
  const search = 'list' in route ? route.list.search : ''
  const type = (event: Event) => {
    actions.typeSearch((event.currentTarget as HTMLInputElement).value)
  }
  return html`
    <input
      id="search"
      class="search"
      type="search"
      dir="auto"
      aria-label=${label}
      aria-keyshortcuts="/"
      placeholder=${hint}
      maxlength="200"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      .value=${draft ?? search}
      @input=${type}
    />
  `
}

/** Warns if the user has entered a secret, for which the list is not searched. */
export function secretWarning({ draft }: State): TemplateResult | typeof nothing {
  return draft !== null && holdsSecret(draft)
    ? html`<div class="notice bad" role="alert">
        <p>
          <strong>This looks like a secret, so it was not sent.</strong> The page
          <a href=${address.find}>Find a secret</a> finds the webhook of a secret by its hash.
        </p>
      </div>`
    : nothing
}

/** Says how many items there are, or how many of them match. */
export function countOf(page: ListPage<unknown>, route: ListRoute, noun: string): string {
  const { items, nextCursor, start, unfiltered } = page
  const total = page.total ?? (start ?? 0) + items.length
  const isMore = page.total === null && (start === null || nextCursor !== null)
  const more = isMore ? 'More than ' : ''
  if (!isFiltered(route)) return `${more}${plural(total, noun)}`
  const count = `${more}${number.format(total)}`
  return unfiltered === null
    ? `${count} match`
    : `${count} of ${number.format(Math.max(total, unfiltered))} match`
}

/** Links to the previous and the next page, if the list has more than one. */
export function pager(page: ListPage<unknown>, route: ListRoute): TemplateResult | typeof nothing {
  const { nextCursor, previous, start, items, total } = page
  if (nextCursor === null && route.list.cursor === null) return nothing
  const range = (first: number) =>
    `${number.format(first + 1)}–${number.format(first + items.length)}${total === null ? '' : ` of ${number.format(Math.max(total, first + items.length))}`}`
  return html`
    <nav class="pager" aria-label="Pages of the list">
      <span class="quiet digits">${start === null || items.length === 0 ? nothing : range(start)}</span>
      ${
        route.list.cursor === null
          ? nothing
          : previous
            ? html`<a class="button" rel="prev" href=${hashOf(previous)}>← Previous page</a>`
            : html`<a class="button" href=${hashOf(atCursor(route, null))}>← First page</a>`
      }
      ${
        nextCursor === null
          ? nothing
          : html`<a class="button" rel="next" href=${hashOf(atCursor(route, nextCursor))}>Next page →</a>`
      }
    </nav>
  `
}

/** Explains that nothing matches, or that this page of the list has become empty. */
export function noMatch(route: ListRoute, noun: string, actions: Actions): TemplateResult {
  return html`
    <div class="empty">
      ${
        route.list.cursor !== null
          ? html`<p><strong>This page of the list is empty.</strong></p>
              <p><a class="button" href=${hashOf(atCursor(route, null))}>← First page</a></p>`
          : html`<p><strong>No ${noun} matches.</strong></p>
              <p>
                <button type="button" @click=${actions.clearFilters}>
                  ${route.page === 'application' ? 'Clear the filters' : 'Clear the search'}
                </button>
              </p>`
      }
    </div>
  `
}
