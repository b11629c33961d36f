import { html, nothing, type TemplateResult } from 'lit-html'
import { plural } from '../../shared/words.ts'
import { perApplication } from '../attention.ts'
import { address, type WebhookIds } from '../route.ts'

/** How many items a section of the home shows. */
export const shownItems = 10
/** How many applications a section names for the rest. */
const namedApplications = 5

export interface Row extends WebhookIds {
  what: TemplateResult
  when: TemplateResult
}

/** Renders a section of the home. @param count how many items there are; null if that is not known yet */
export function section(id: string, title: string, count: string | null, content: unknown): TemplateResult {
  return html`
    <section aria-labelledby=${id}>
      <h2 id=${id}>
        ${title}${count === null ? nothing : html` <span class="count digits">${count}</span>`}
      </h2>
      ${content}
    </section>
  `
}

/** Writes how many items there are, or how many the page has found so far. */
export function count(items: number, isComplete: boolean): string {
  return items.toLocaleString('en') + (isComplete ? '' : '+')
}

/** Says that there are no items, unless the page has not read all. */
export function none(text: string, isComplete: boolean): TemplateResult {
  return html`<p class="quiet">
    ${isComplete ? text : 'This page has found none, but has not read every key.'}
  </p>`
}

/** The full lists of which a section shows a part. */
interface FullLists {
  /** Whether the page has read all items. */
  isComplete: boolean
  /** Returns the address of an application's list. */
  of: (applicationId: string) => string
}

/**
 * Renders the first items, each with a link to its webhook. If there are more, names the applications to which they
 * belong.
 * @param shown says which items are shown if there are more
 */
export function rows<Item extends WebhookIds>(
  items: readonly Item[],
  row: (item: Item) => Row,
  shown: string,
  lists?: FullLists,
): TemplateResult {
  return html`
    <ul class="rows">
      ${items.slice(0, shownItems).map((item) => render(row(item)))}
    </ul>
    ${
      items.length > shownItems
        ? html`<p class="quiet rest url">${shown} ${lists ? byApplication(items, lists) : nothing}</p>`
        : nothing
    }
  `
}

function render({ applicationId, webhookId, what, when }: Row): TemplateResult {
  return html`
    <li>
      <p class="url">
        <a class="whole" href=${address.webhook({ applicationId, webhookId })}
          ><strong>${webhookId}</strong></a
        >
        <span class="quiet">${applicationId}</span>
      </p>
      <p>${what}</p>
      <p class="quiet when">${when}</p>
    </li>
  `
}

function byApplication(items: readonly WebhookIds[], { isComplete, of }: FullLists): TemplateResult {
  const applications = perApplication(items)
  const others = applications.length - namedApplications
  const links = applications
    .slice(0, namedApplications)
    .map(([id, size]) => html`<a href=${of(id)}>${id}</a> (${count(size, isComplete)})`)
  return html`By application:
  ${links.map((link, index) => html`${index === 0 ? nothing : ', '}${link}`)}${
    others > 0 ? `, and ${isComplete ? '' : 'at least '}${plural(others, 'more application')}` : nothing
  }`
}
