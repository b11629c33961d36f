import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { InviteDialog } from '../dialogs.ts'
import { schemeOf } from '../overlap.ts'
import type { SchemeName } from '../schemes.ts'
import type { State } from '../state.ts'
import { dialog } from './dialog.ts'
import { endWhenProvenChoice, overlapChoice } from './overlap-choice.ts'
import { problem } from './problem.ts'
import { time } from './time.ts'

const expiries = [
  { seconds: 86_400, label: '1 day', hint: '' },
  { seconds: 259_200, label: '3 days', hint: 'suits most people' },
  { seconds: 604_800, label: '7 days', hint: 'the longest' },
]

const legend = 'How long the old key stays live after the rotation'

/** Asks for an invitation's terms. Once it is created, shows its link. */
export function inviteDialog({ now, webhook }: State, asked: InviteDialog, actions: Actions): TemplateResult {
  return dialog(
    `Invite someone to rotate the secret of ${asked.webhook.webhookId}`,
    actions.closeDialog,
    asked.link ? link(asked, asked.link, now, actions) : form(asked, schemeOf(webhook), now, actions),
  )
}

function form(
  asked: InviteDialog,
  scheme: SchemeName | undefined,
  now: number,
  actions: Actions,
): TemplateResult {
  const { expiresInSeconds, overlap, busy } = asked
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    if (!busy) void actions.invite(asked, (form.elements.namedItem('reason') as HTMLInputElement).value)
  }
  return html`
    <form @submit=${submit}>
      ${expiryChoice(expiresInSeconds, busy, actions.chooseExpiry)}
      ${overlapChoice(overlap, { least: 300, disabled: busy, legend }, actions.chooseOverlap)}
      ${endWhenProvenChoice(overlap, { scheme, disabled: busy }, actions.chooseOverlap)}
      <label for="reason">Reason <span class="quiet">(optional, kept in the audit trail)</span></label>
      <input id="reason" dir="auto" maxlength="500" autocomplete="off" ?disabled=${busy} />
      ${asked.problem ? problem(asked.problem, now) : nothing}
      <p class="buttons">
        <button class="primary" aria-disabled=${busy}>${busy ? 'Creating…' : 'Create the link'}</button>
        <button type="button" ?disabled=${busy} @click=${actions.closeDialog}>Cancel</button>
      </p>
    </form>
  `
}

function link(
  asked: InviteDialog,
  { url, expiresAt, copied, copyFailed }: NonNullable<InviteDialog['link']>,
  now: number,
  actions: Actions,
): TemplateResult {
  return html`
    <p>
      Send this link to the person who keeps the receiver's secret, over a channel that you trust. It works
      once, until ${time(expiresAt, now)}. Anyone who opens it first gets the new secret.
    </p>
    <p><code class="value">${url}</code></p>
    ${
      copyFailed
        ? html`<p role="alert" class="bad">
            The browser blocked the copy. Select the link and copy it yourself.
          </p>`
        : nothing
    }
    <p class="buttons">
      <button
        type="button"
        autofocus
        class=${copied ? '' : 'primary'}
        @click=${() => {
          void actions.copyLink(asked)
        }}
      >
        Copy the link
      </button>
      <button type="button" class=${copied ? 'primary' : ''} @click=${actions.closeDialog}>Done</button>
      <span>${copied ? '✓ Copied' : 'Rekey never shows it again'}</span>
    </p>
  `
}

/** Asks how long the link of an invitation works. */
export function expiryChoice(
  expiresInSeconds: number,
  disabled: boolean,
  choose: (seconds: number) => void,
): TemplateResult {
  return html`
    <fieldset ?disabled=${disabled}>
      <legend>How long the link works</legend>
      ${expiries.map(
        ({ seconds, label, hint }) => html`
          <label class="choice">
            <input
              type="radio"
              name="expiry"
              ?autofocus=${seconds === expiresInSeconds}
              .checked=${seconds === expiresInSeconds}
              @change=${() => {
                choose(seconds)
              }}
            />
            <span>${label}</span> <span class="quiet">${hint}</span>
          </label>
        `,
      )}
    </fieldset>
  `
}
