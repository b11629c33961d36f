import { html, type Content, type Html } from './html.ts'

/** Renders the Markdown of the document's descriptions: paragraphs, lists of one level, code spans and URLs. */
export function markdown(text: string): Html[] {
  return text
    .trim()
    .split(/\n{2,}|\n(?=\* )/)
    .reduce<string[][]>((blocks, block) => {
      const last = blocks.at(-1)
      if (block.startsWith('* ') && last?.[0]?.startsWith('* ')) last.push(block)
      else blocks.push([block])
      return blocks
    }, [])
    .map((block) =>
      block[0]?.startsWith('* ')
        ? html`<ul>
            ${block.map((item) => html`<li>${inline(item.slice(2))}</li>`)}
          </ul>`
        : html`<p>${inline(block.join(' '))}</p>`,
    )
}

/** Renders code spans and URLs within a paragraph. */
export function inline(text: string): Content[] {
  return text
    .replace(/\s+/g, ' ')
    .split(/(`[^`]+`|https:\/\/[^\s`]+[\w/])/)
    .map((part) => {
      if (part.startsWith('`')) return html`<code>${part.slice(1, -1)}</code>`
      return part.startsWith('https://') ? html`<a href="${part}">${part}</a>` : part
    })
}
