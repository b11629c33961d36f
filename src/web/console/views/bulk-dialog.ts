import { html, nothing, type TemplateResult } from 'lit-html'
import { plural } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import type { Bulk, BulkKind } from '../bulk.ts'
import type { State } from '../state.ts'
import { countdown } from '../time.ts'
import { bulkReport } from './bulk-report.ts'
import { dialog } from './dialog.ts'
import { expiryChoice } from './invite-dialog.ts'
import { endWhenProvenChoice, overlapChoice } from './overlap-choice.ts'

const words: Record<BulkKind, { title: (webhooks: string) => string; start: string; running: string }> = {
  rotate: { title: (webhooks) => `Rotate the secrets of ${webhooks}?`, start: 'Rotate', running: 'Rotating' },
  invite: {
    title: (webhooks) => `Invite people to rotate the secrets of ${webhooks}`,
    start: 'Create the links',
    running: 'Creating links',
  },
  probe: { title: (webhooks) => `Probe the receivers of ${webhooks}?`, start: 'Probe', running: 'Probing' },
  end: {
    title: (webhooks) => `End the overlaps of ${webhooks}?`,
    start: 'Revoke the previous keys',
    running: 'Revoking',
  },
}

/** Asks for the terms of a bulk action, then shows its progress and its report. */
export function bulkDialog(state: State, bulk: Bulk, actions: Actions): TemplateResult {
  const title = words[bulk.kind].title(plural(bulk.webhookIds.length, 'webhook'))
  return dialog(
    bulk.stage === 'asking' ? title : title.replace('?', ''),
    actions.closeBulk,
    bulk.stage === 'asking'
      ? form(bulk, actions)
      : bulk.stage === 'done'
        ? bulkReport(bulk, state, actions)
        : progress(bulk, state.now, actions),
  )
}

function form(bulk: Bulk, actions: Actions): TemplateResult {
  const { kind } = bulk
  const isDrastic = kind === 'end' || (kind === 'rotate' && bulk.terms.overlap.overlapSeconds === 0)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const reason = (event.currentTarget as HTMLFormElement).elements.namedItem('reason')
    actions.startBulk(bulk, reason instanceof HTMLInputElement ? reason.value : '')
  }
  return html`
    <form @submit=${submit}>
      ${terms(bulk, actions)}
      <p class="buttons">
        <button class=${isDrastic ? 'danger solid' : 'primary'}>${words[kind].start}</button>
        <button type="button" ?autofocus=${kind === 'end'} @click=${actions.closeBulk}>Cancel</button>
      </p>
    </form>
  `
}

function terms({ kind, terms }: Bulk, actions: Actions): TemplateResult {
  const { overlap } = terms
  if (kind === 'probe') return probeTerms(terms.endOverlap, actions)
  if (kind === 'end')
    return html`
      <div class="outcome bad">
        <p>
          All previous keys stop signing immediately and permanently: only the current key of each webhook
          signs. A receiver that has not switched to it will refuse every message.
        </p>
      </div>
      <p class="quiet">
        Not sure which receivers have switched? Probe them instead, and end the overlap only of each receiver
        that is proven. If someone rotates a secret after this page has read the list, that overlap stays
        open.
      </p>
    `
  return html`
    ${
      kind === 'invite'
        ? expiryChoice(terms.expiresInSeconds, false, (expiresInSeconds) => {
            actions.chooseBulkTerms({ expiresInSeconds })
          })
        : nothing
    }
    ${overlapChoice(
      overlap,
      {
        least: kind === 'invite' ? 300 : 0,
        disabled: false,
        hasFocus: kind === 'rotate',
        legend: `How long the old keys stay live${kind === 'invite' ? ' after the rotation' : ''}`,
      },
      actions.chooseBulkOverlap,
    )}
    ${endWhenProvenChoice(overlap, { disabled: false }, actions.chooseBulkOverlap)}
    <label for="reason">Reason <span class="quiet">(optional, kept in the audit trail)</span></label>
    <input id="reason" dir="auto" maxlength="500" autocomplete="off" />
    <div class="outcome ${kind === 'rotate' && overlap.overlapSeconds === 0 ? 'bad' : ''}" aria-live="polite">
      <p>
        ${
          kind === 'invite'
            ? 'You get the links as one file, and can copy them. Rekey never shows them again.'
            : overlap.overlapSeconds === 0
              ? 'All older keys stop signing immediately. Receivers without the new secret will refuse every message. You get the new secrets as one file.'
              : 'You get the new secrets as one file, and only once. Webhooks without a secret get their first one.'
        }
      </p>
    </div>
  `
}

function probeTerms(endOverlap: boolean, actions: Actions): TemplateResult {
  return html`
    <p>
      Each probe sends two harmless messages. The receiver must accept the one signed with the current key and
      refuse the one with a random key.
    </p>
    <label class="choice option">
      <input
        type="checkbox"
        autofocus
        .checked=${endOverlap}
        @change=${(event: Event) => {
          actions.chooseBulkTerms({ endOverlap: (event.currentTarget as HTMLInputElement).checked })
        }}
      />
      <span class="described">
        End the overlap of each receiver that is proven
        <small class="quiet">Its previous keys are revoked. Other receivers keep their overlap.</small>
      </span>
    </label>
  `
}

function progress(
  { kind, stage, progress, waitsUntil }: Bulk,
  now: number,
  actions: Actions,
): TemplateResult {
  const { count, total } = progress
  return html`
    <p class="digits">${words[kind].running} ${count} of ${plural(total, 'webhook')}</p>
    <progress aria-label="Progress" max=${total} value=${count}></progress>
    <p class="quiet">
      ${
        stage === 'stopping'
          ? 'Stopping. The calls in progress finish first.'
          : waitsUntil !== null && waitsUntil > now
            ? html`The server asked the console to wait. It continues in
                <span class="digits">${countdown(waitsUntil - now)}</span>.`
            : 'If a response is lost, the console retries where that is safe.'
      }
    </p>
    <p class="buttons">
      <button type="button" aria-disabled=${stage === 'stopping'} @click=${actions.stopBulk}>Stop</button>
    </p>
  `
}
