import { info, operations, tags } from './document.ts'
import { html, type Html } from './html.ts'
import { markdown } from './markdown.ts'
import { method } from './method.ts'

/**
 * Renders the document's description of the API, and a list of the operations.
 * @param root the server's root, relative to the page
 */
export function overview(root: string): Html {
  return html`<article class="overview">
    <h1>${info.title} API</h1>
    ${markdown(info.description)}
    ${tags.map(
      ({ name, description }) =>
        html`<section>
          <h2>${name}</h2>
          ${markdown(description)}
          <ul class="list">
            ${operations
              .filter((operation) => operation.tags.includes(name))
              .map(
                (operation) =>
                  html`<li>
                    <a href="${root}docs/${operation.operationId}">${operation.summary}</a>
                    <span>${method(operation)} <code>${operation.path}</code></span>
                  </li>`,
              )}
          </ul>
        </section>`,
    )}
  </article>`
}
