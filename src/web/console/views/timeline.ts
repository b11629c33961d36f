import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { keyEnd, position, type Scale } from '../overlap.ts'
import type { Key } from '../state.ts'
import { moment } from '../time.ts'

/** Draws a bar for the time in which a key signs. Screen readers skip the bar and read the adjacent text instead. */
export function keyBar(key: Key, scale: Scale, now: number): TemplateResult {
  const nowAt = position(scale, now)
  return html`
    <svg class="bar" aria-hidden="true" height="30" width="100%">
      <g transform="translate(0 -6)">${bar(key, scale, nowAt, { y: '50%', height: 12 })}</g>
      <line class="now" x1="${nowAt}%" x2="${nowAt}%" y1="0" y2="100%"></line>
    </svg>
  `
}

/** Draws the time labels below the bars. */
export function axis(scale: Scale, live: readonly Key[], now: number): TemplateResult {
  const end = Math.max(...live.slice(1).map(keyEnd))
  const nowAt = position(scale, now)
  const rotatedAt = position(scale, scale.rotatedAt)
  const endAt = position(scale, end)
  return html`
    <svg class="axis" aria-hidden="true" height="22" width="100%">
      ${nowAt - rotatedAt > 18 ? label(rotatedAt, moment(scale.rotatedAt, now)) : nothing}
      ${label(nowAt, 'now', 'now-label')} ${endAt - nowAt > 14 ? label(endAt, moment(end, now)) : nothing}
    </svg>
  `
}

function bar(
  key: Key,
  scale: Scale,
  nowAt: number,
  { y, height }: { y: string; height: number },
): TemplateResult<2> {
  const from = position(scale, Date.parse(key.createdAt))
  const to = key.expiresAt === null ? 100 : position(scale, keyEnd(key))
  const kind = key.state === 'current' ? 'current' : 'previous'
  const part = (name: string, start: number, end: number) => svg`
    <rect class="${kind} ${name}" x="${start}%" width="${Math.max(0, end - start)}%" y=${y} height=${height} rx="2"></rect>`
  const tip = svg`<svg x="100%" y=${y} overflow="visible"><path class="current" d="M0 0 l${height / 2} ${height / 2} l-${height / 2} ${height / 2} z"></path></svg>`
  return svg`${part('past', from, Math.min(nowAt, to))}${part('ahead', Math.max(nowAt, from), to)}${kind === 'current' ? tip : nothing}`
}

function label(at: number, text: string, kind = ''): TemplateResult<2> {
  return svg`<text class=${kind} x="${at}%" y="15" text-anchor=${at > 80 ? 'end' : at < 8 ? 'start' : 'middle'}>${text}</text>`
}
