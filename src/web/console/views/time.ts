import { html, type TemplateResult } from 'lit-html'
import { roughly } from '../../shared/words.ts'
import { exactMoment, moment } from '../time.ts'

/** Renders a time in the user's locale and time zone. @param at milliseconds since 1970, or an ISO 8601 string */
export function time(at: number | string, now: number): TemplateResult {
  return element(at, (date) => moment(date, now))
}

export function ago(at: string, now: number): TemplateResult {
  return element(at, (date) => `${roughly(now - date)} ago`)
}

function element(at: number | string, text: (date: number) => string): TemplateResult {
  const date = new Date(at)
  return html`<time datetime=${date.toISOString()} title=${exactMoment(date.getTime())}
    >${text(date.getTime())}</time
  >`
}
