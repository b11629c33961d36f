import { html, nothing, type TemplateResult } from 'lit-html'
import { plural } from '../../shared/words.ts'
import { perApplication } from '../attention.ts'
import { address, type WebhookIds } from '../route.ts'

/** How many items a section of the home shows. */
const shownItems = 10
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

/** Writes how many items there are. */
export function count(items: readonly unknown[], isComplete: boolean): string {
  return items.length.toLocaleString('en') + (isComplete ? '' : '+')
}

/**
 * Renders the most urgent items, each with a link to its webhook. If there are more, names the applications to which
 * they belong.
 * @param listOf returns the address of an application's full list
 */
export function rows<Item extends WebhookIds>(
  items: readonly Item[],
  row: (item: Item) => Row,
  listOf?: (applicationId: string) => string,
): TemplateResult {
  return html`
    <ul class="rows">
      ${items.slice(0, shownItems).map((item) => render(row(item)))}
    </ul>
    ${items.length > shownItems ? rest(items, listOf) : nothing}
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

function rest(
  items: readonly WebhookIds[],
  listOf: ((applicationId: string) => string) | undefined,
): TemplateResult {
  if (!listOf) return html`<p class="quiet rest">These ${shownItems} are the most urgent.</p>`
  const applications = perApplication(items)
  const others = applications.length - namedApplications
  const links = applications
    .slice(0, namedApplications)
    .map(([id, size]) => html`<a href=${listOf(id)}>${id}</a> (${size.toLocaleString('en')})`)
  return html`
    <p class="quiet rest url">
      These ${shownItems} are the most urgent. All of them:
      ${links.map((link, index) => html`${index === 0 ? nothing : ', '}${link}`)}${
        others > 0 ? `, and ${plural(others, 'more application')}` : nothing
      }
    </p>
  `
}
