import type { Media } from './document.ts'
import { escape, Html, html } from './html.ts'

const token = new RegExp(
  [
    String.raw`(?<key>"[^"\n]*"(?=:|\s=>))`,
    String.raw`(?<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|${'`'}[^${'`'}]*${'`'})`,
    String.raw`(?<word>\b(?:await|const|defer|func|if|import|package|require|curl|nil|None|null|True|False|true|false)\b)`,
    String.raw`(?<number>\b\d+\b)`,
  ].join('|'),
  'g',
)

/** Marks the strings, keywords and numbers of a program or of JSON. */
export function highlight(source: string): Html {
  let text = ''
  let end = 0
  for (const { 0: match, index, groups = {} } of source.matchAll(token)) {
    const [kind = ''] =
      Object.entries<string | undefined>(groups).find(([, value]) => value !== undefined) ?? []
    text += `${escape(source.slice(end, index))}<span class="${kind}">${escape(match)}</span>`
    end = index + match.length
  }
  return new Html(text + escape(source.slice(end)))
}

/** Shows the examples of a body. */
export function examplesOf({ examples }: Media): Html[] {
  return Object.values(examples).map(
    ({ value }) => html`<pre tabindex="0"><code>${highlight(JSON.stringify(value, null, 2))}</code></pre>`,
  )
}

/** A tab of a `tabs` panel. */
export interface Tab {
  label: string
  content: Html
}

/**
 * Shows one of several contents. The tabs are radio buttons, so they work without JavaScript.
 * @param name names the group, and is unique on the page
 */
export function tabs(name: string, legend: string, all: Tab[]): Html {
  return html`<fieldset class="tabs" id="${name}">
    <legend class="unseen">${legend}</legend>
    ${all.map(
      ({ label, content }, index) =>
        html`<label
            ><input type="radio" name="${name}" value="${label}" ${index === 0 && new Html('checked')} /><span
              >${label}</span
            ></label
          >
          <div class="tab">${content}</div>`,
    )}
  </fieldset>`
}
