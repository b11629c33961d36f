import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { InviteDialog, State } from '../state.ts'
import { dialog } from './dialog.ts'
import { problem } from './problem.ts'
import { time } from './time.ts'

const expiries = [
  { seconds: 86_400, label: '1 day', hint: '' },
  { seconds: 259_200, label: '3 days', hint: 'suits most people' },
  { seconds: 604_800, label: '7 days', hint: 'the longest' },
]
const overlaps = [
  { seconds: 3_600, label: '1 hour', hint: 'if receivers switch automatically' },
  { seconds: 86_400, label: '24 hours', hint: 'suits most receivers' },
  { seconds: 604_800, label: '7 days', hint: 'if receivers are switched by hand' },
]

/** Asks for an invitation's terms. Once it is created, shows its link. */
export function inviteDialog({ now }: State, asked: InviteDialog, actions: Actions): TemplateResult {
  return dialog(
    `Invite someone to rotate the secret of ${asked.webhook.webhookId}`,
    actions.closeDialog,
    asked.link ? link(asked, asked.link, now, actions) : form(asked, now, actions),
  )
}

function form(asked: InviteDialog, now: number, actions: Actions): TemplateResult {
  const { terms, busy } = asked
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    if (!busy) void actions.invite(asked, (form.elements.namedItem('reason') as HTMLInputElement).value)
  }
  return html`
    <form @submit=${submit}>
      <fieldset ?disabled=${busy}>
        <legend>How long the link works</legend>
        ${choices('expiry', expiries, terms.expiresInSeconds, (expiresInSeconds) => {
          actions.chooseTerms({ expiresInSeconds })
        })}
      </fieldset>
      <fieldset ?disabled=${busy}>
        <legend>How long the old key stays live after the rotation</legend>
        ${choices('overlap', overlaps, terms.overlapSeconds, (overlapSeconds) => {
          actions.chooseTerms({ overlapSeconds })
        })}
        <label class="choice">
          <input
            type="checkbox"
            .checked=${terms.endWhenProven}
            @change=${(event: Event) => {
              actions.chooseTerms({ endWhenProven: (event.currentTarget as HTMLInputElement).checked })
            }}
          />
          <span>End it as soon as probes have proven the receiver</span>
        </label>
      </fieldset>
      <label for="reason">Reason <span class="quiet">(optional, kept in the audit trail)</span></label>
      <input id="reason" maxlength="500" autocomplete="off" ?disabled=${busy} />
      ${asked.problem ? problem(asked.problem, now) : nothing}
      <p class="buttons">
        <button class="primary" aria-disabled=${busy}>${busy ? 'Creating…' : 'Create the link'}</button>
        <button type="button" ?disabled=${busy} @click=${actions.closeDialog}>Cancel</button>
      </p>
    </form>
  `
}

interface Choice {
  seconds: number
  label: string
  hint: string
}

function choices(
  name: string,
  offered: readonly Choice[],
  chosen: number,
  choose: (seconds: number) => void,
): TemplateResult[] {
  return offered.map(
    ({ seconds, label, hint }) => html`
      <label class="choice">
        <input
          type="radio"
          name=${name}
          ?autofocus=${name === 'expiry' && seconds === chosen}
          .checked=${seconds === chosen}
          @change=${() => {
            choose(seconds)
          }}
        />
        <span>${label}</span> <span class="quiet">${hint}</span>
      </label>
    `,
  )
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
