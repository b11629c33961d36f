import { html, type TemplateResult } from 'lit-html'
import { age, exactMoment, moment } from '../time.ts'

/** A moment in the reader's language and zone. @param at milliseconds since 1970, or as the API writes it */
export function time(at: number | string, now: number): TemplateResult {
  return element(at, (date) => moment(date, now))
}

/** How long ago a moment is. */
export function ago(at: string, now: number): TemplateResult {
  return element(at, (date) => `${age(now - date)} ago`)
}

function element(at: number | string, text: (date: number) => string): TemplateResult {
  const date = new Date(at)
  return html`<time datetime=${date.toISOString()} title=${exactMoment(date.getTime())}
    >${text(date.getTime())}</time
  >`
}
