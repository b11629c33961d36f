import { examplesOf, tabs } from './code.ts'
import type { Operation, Response } from './document.ts'
import { html, type Html } from './html.ts'
import { inline } from './markdown.ts'
import { properties, rows } from './schema.ts'

/** The errors that any caller should expect, in this order. */
const usual = ['401', '403', '404', '502', '504']

interface Answer extends Response {
  status: string
}

/** Splits the responses by use: success and the usual errors first. */
function byUse({ responses }: Operation): { main: Answer[]; more: Answer[] } {
  const all = Object.entries(responses).map(([status, response]) => ({ status, ...response }))
  const isMain = ({ status }: Answer) => status.startsWith('2') || usual.includes(status)
  return { main: all.filter(isMain), more: all.filter((one) => !isMain(one)) }
}

/** Shows one example of each main response. */
export function responseExamples(operation: Operation): Html {
  const shown = byUse(operation).main.map(({ status, content, description }) => ({
    label: status,
    content: (content && examplesOf(content['application/json'])[0]) ?? html`<p>${inline(description)}</p>`,
  }))
  return tabs('example', 'Example of the response with status', shown)
}

/** Describes the responses: the successful ones in full, and all others collapsed. */
export function responseSection(operation: Operation): Html {
  const { main, more } = byUse(operation)
  return html`<section aria-labelledby="responses">
    <h2 id="responses">Responses</h2>
    ${main.map((answer, index) => response(answer, { open: index === 0, shown: 1 }))}
    ${
      more.length > 0 &&
      html`<details class="more">
        <summary>${more.length} more: ${more.map(({ status }) => status).join(', ')}</summary>
        ${more.map((answer) => response(answer, { open: false, shown: 0 }))}
      </details>`
    }
  </section>`
}

/** @param shown number of examples that `responseExamples` already shows */
function response(
  { status, description, headers = {}, content }: Answer,
  { open, shown }: { open: boolean; shown: number },
): Html {
  const success = status.startsWith('2')
  return html`<details class="response" ${open && html`open`}>
    <summary>
      <span class="status ${success ? 'good' : 'bad'}">${status}</span>
      <span>${inline(description)}</span>
    </summary>
    ${success && content && properties(content['application/json'].schema)}
    ${content && examplesOf(content['application/json']).slice(shown)}
    <details class="nested">
      <summary>Response headers</summary>
      ${rows(Object.entries(headers).map(([name, header]) => ({ ...header, name, required: false })))}
    </details>
  </details>`
}
