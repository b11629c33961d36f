import { html, nothing, type TemplateResult } from 'lit-html'
import { noun } from '../../shared/words.ts'
import type { RotateDialog } from '../dialogs.ts'
import { keyEnd } from '../overlap.ts'
import { schemes, type SchemeName } from '../schemes.ts'
import type { Key } from '../state.ts'
import { time } from './time.ts'

/**
 * Explains which keys sign after the rotation.
 * @param live the live keys, newest first; null if not loaded
 * @param scheme undefined if not loaded
 */
export function rotationOutcome(
  live: readonly Key[] | null,
  scheme: SchemeName | undefined,
  { overlap, imports }: RotateDialog,
  now: number,
): TemplateResult {
  const { overlapSeconds } = overlap
  const fresh = imports ? 'The imported key' : 'The new key'
  if (live?.length === 0) return html`<p>${fresh} signs immediately.</p>`
  if (Number.isNaN(overlapSeconds)) return html`<p>Enter how long the old key stays live.</p>`
  if (live === null) return notLoaded(overlapSeconds, now)
  if (overlapSeconds === 0) {
    return html`<p>
      ${names(live)} ${noun(live.length, 'stops', 'stop')} signing immediately. A receiver without the new
      secret will refuse every message.
    </p>`
  }
  const until = now + overlapSeconds * 1000
  return scheme !== undefined && schemes[scheme].carriesOne
    ? oneSigner(live, until, overlap.endWhenProven, now)
    : severalSigners(live, until, overlap.endWhenProven, fresh, now)
}

function notLoaded(overlapSeconds: number, now: number): TemplateResult {
  return html`
    <p>
      ${
        overlapSeconds === 0
          ? 'All older keys stop signing immediately.'
          : html`The current key signs until ${time(now + overlapSeconds * 1000, now)}.`
      }
    </p>
    <p class="quiet">
      The console has not loaded the keys. If someone else rotates in the meantime, yours becomes a second
      rotation.
    </p>
  `
}

function severalSigners(
  [current, ...older]: readonly Key[],
  until: number,
  endWhenProven: boolean,
  fresh: string,
  now: number,
): TemplateResult {
  return html`
    <p>
      ${fresh} signs immediately. The old key ${current ? names([current]) : nothing} signs until
      <strong>${time(until, now)}</strong>${endWhenProven ? ', or until the receiver is proven' : ''}.
    </p>
    ${older.map((key) => html`<p>${names([key])} still signs until ${time(keyEnd(key), now)}.</p>`)}
  `
}

/** Explains which key signs if a message carries only one signature. */
function oneSigner(
  live: readonly Key[],
  overlapEnd: number,
  endWhenProven: boolean,
  now: number,
): TemplateResult {
  const oldest = live.slice(-1)
  const until = Math.min(overlapEnd, ...oldest.map(keyEnd))
  return html`
    <p>
      A message carries only one signature. The oldest key ${names(oldest)} signs alone until
      <strong>${time(until, now)}</strong>, and then the next. The new key signs once all others have ended.
    </p>
    ${
      endWhenProven
        ? html`<p>Once a probe shows that the receiver has switched, the new key signs immediately.</p>`
        : html`<p>End the overlap as soon as the receiver has switched: a probe shows whether it has.</p>`
    }
  `
}

function names(keys: readonly Key[]): TemplateResult {
  return html`${keys.map(
    ({ keyFingerprint }, index) => html`${index === 0 ? '' : ', '}<code>${keyFingerprint}</code>`,
  )}`
}
