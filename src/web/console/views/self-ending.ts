import { html, nothing, type TemplateResult } from 'lit-html'
import type { SecretState } from '../state.ts'
import { countdown } from '../time.ts'
import { ago } from './time.ts'

/** Shows that probes end the overlap, the last probe's result, and the next probe's time. */
export function selfEnding(
  { lastProbe, nextProbeAt }: NonNullable<SecretState['overlap']>,
  now: number,
): TemplateResult {
  return html`
    <p>
      The overlap ends once the receiver is proven. ${lastProbe === null ? nothing : last(lastProbe, now)}
      ${next(nextProbeAt, now)}
    </p>
  `
}

function last(
  { at, proven }: NonNullable<NonNullable<SecretState['overlap']>['lastProbe']>,
  now: number,
): TemplateResult {
  return html`Last probe, ${ago(at, now)}: <strong>${proven ? 'proven' : 'not proven'}</strong>.`
}

function next(nextProbeAt: string | null, now: number): TemplateResult {
  if (nextProbeAt === null) return html`No further probe is scheduled.`
  const left = Date.parse(nextProbeAt) - now
  if (left <= 0) return html`A probe is due now.`
  return html`Next probe in <span class="digits">${countdown(left)}</span>.`
}
