import { moduleExtension } from '../serve-page.ts'
import { info, operations, tags, type Operation } from './document.ts'
import { html, Html } from './html.ts'
import { method } from './method.ts'
import { operationArticle } from './operation.ts'
import { overview } from './overview.ts'

export interface Site {
  publicUrl: string | undefined
  /** Whether the server also serves the console. */
  hasConsole: boolean
}

/**
 * Renders the page of an operation, or the overview if there is none.
 * @param root the server's root, relative to the page
 */
export function page(
  operation: Operation | undefined,
  root: string,
  { publicUrl, hasConsole }: Site,
): string {
  const title = operation?.summary ?? 'Overview'
  const link = (path: string, text: string | Html, isCurrent: boolean) =>
    html`<a href="${root}${path}" ${isCurrent && html`aria-current="page"`}>${text}</a>`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          name="description"
          content="${operation ? `${operation.method} ${operation.path}` : info.summary}"
        />
        <title>${title} · Rekey API reference</title>
        <link rel="icon" href="${icon}" />
        <link rel="preload" href="${root}assets/geist.woff2" as="font" type="font/woff2" crossorigin />
        <link rel="stylesheet" href="${root}assets/reference.css" />
        <script type="module" src="${root}docs/main${moduleExtension}"></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header class="top">
          <a class="brand" href="${root}docs">${mark} Rekey <span class="quiet">API reference</span></a>
          <p>
            <a href="${root}openapi.json">OpenAPI</a>
            ${hasConsole && html`<a href="${root}console">Console</a>`}
            <button type="button" class="menu" popovertarget="operations">Menu</button>
          </p>
        </header>
        <nav id="operations" popover aria-label="Operations">
          ${link('docs/overview', 'Overview', !operation)}
          ${tags.map(
            ({ name }) =>
              html`<h2>${name}</h2>
                <ul>
                  ${operations
                    .filter((one) => one.tags.includes(name))
                    .map(
                      (one) =>
                        html`<li>
                          ${link(`docs/${one.operationId}`, html`${one.summary} ${method(one)}`, one === operation)}
                        </li>`,
                    )}
                </ul>`,
          )}
        </nav>
        <main id="content" tabindex="-1">
          ${operation ? operationArticle(operation, root, publicUrl) : overview(root)}
        </main>
      </body>
    </html> `.text
}

const mark = html`<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
  <rect width="24" height="24" rx="6"></rect>
  <path d="M5 9.5h10M9 14.5h10"></path>
</svg>`

const icon = new Html(
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Crect width='24' height='24' rx='6' fill='%230b6b63'/%3E%3Cg fill='none' stroke='%23fff' stroke-width='2' stroke-linecap='round'%3E%3Cpath d='M5 9.5h10M9 14.5h10'/%3E%3C/g%3E%3C/svg%3E",
)
