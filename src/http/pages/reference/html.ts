/** HTML text whose dynamic parts are escaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template can contain. Omits undefined and false. */
export type Content = Html | string | number | undefined | false | readonly Content[]

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}

/** Builds HTML from a template literal, and escapes every value that is not HTML itself. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(textOf)))
}

function textOf(content: Content): string {
  if (content instanceof Html) return content.text
  if (typeof content === 'object') return content.map(textOf).join('')
  return content === undefined || content === false ? '' : escape(String(content))
}
