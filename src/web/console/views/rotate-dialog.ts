import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { RotateDialog } from '../dialogs.ts'
import { isWithoutSecret, liveKeys, schemeOf } from '../overlap.ts'
import { secretRule, type SchemeName } from '../schemes.ts'
import type { State } from '../state.ts'
import { dialog } from './dialog.ts'
import { field, textIn } from './field.ts'
import { endWhenProvenChoice, overlapChoice } from './overlap-choice.ts'
import { problem } from './problem.ts'
import { rotationOutcome } from './rotation-outcome.ts'

/** Asks for a rotation's overlap and reason, and explains which keys will sign. An import also asks for the secret. */
export function rotateDialog(
  { keys, webhook, now }: State,
  asked: RotateDialog,
  actions: Actions,
): TemplateResult {
  const { overlap, imports, busy, fault } = asked
  const live = keys.is === 'done' ? liveKeys(keys.value, now) : null
  const isFirst = keys.is === 'done' && isWithoutSecret(keys.value)
  const hasOldKeys = live?.length !== 0
  const isHarsh = overlap.overlapSeconds === 0 && hasOldKeys
  const scheme = schemeOf(webhook)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!busy) void actions.rotate(asked, textIn(form, 'reason'), textIn(form, 'signingSecret'))
  }
  const what = imports
    ? 'Import a secret for'
    : isFirst
      ? 'Issue the first secret of'
      : 'Rotate the secret of'
  return dialog(
    `${what} ${asked.webhook.webhookId}${imports ? '' : '?'}`,
    actions.closeDialog,
    html`
      <form @submit=${submit}>
        ${imports ? secretField(asked, scheme) : nothing}
        ${
          hasOldKeys
            ? html`
                ${overlapChoice(overlap, { least: 0, disabled: busy, hasFocus: !imports }, actions.chooseOverlap)}
                ${endWhenProvenChoice(overlap, { scheme, disabled: busy }, actions.chooseOverlap)}
              `
            : nothing
        }
        ${field('reason', reasonLabel, fault, { disabled: busy })}
        <div class="outcome ${isHarsh ? 'bad' : ''}" aria-live="polite">
          ${rotationOutcome(live, scheme, asked, now)}
        </div>
        ${asked.problem ? problem(asked.problem, now) : nothing}
        <p class="buttons">
          <button class=${isHarsh ? 'danger solid' : 'primary'} aria-disabled=${busy}>
            ${
              imports
                ? busy
                  ? 'Importing…'
                  : 'Import'
                : busy
                  ? 'Rotating…'
                  : isFirst
                    ? 'Issue the secret'
                    : 'Rotate'
            }
          </button>
          <button type="button" ?disabled=${busy} @click=${actions.closeDialog}>Cancel</button>
          ${busy ? html`<span class="quiet">If the response is lost, the console retries.</span>` : nothing}
        </p>
      </form>
    `,
  )
}

const reasonLabel = html`Reason <span class="quiet">(optional, kept in the audit trail)</span>`

/** The page never contains the secret except in this input, which disappears with the dialog. */
function secretField({ fault, busy }: RotateDialog, scheme: SchemeName | undefined): TemplateResult {
  const toggle = ({ currentTarget }: Event) => {
    const button = currentTarget as HTMLButtonElement
    const isMasked = document.getElementById('signingSecret')?.classList.toggle('masked')
    button.textContent = isMasked ? 'Show the secret' : 'Hide the secret'
  }
  const help = `The one that the receiver has: ${secretRule(scheme)}. Rekey never shows it again.`
  return html`
    <div class="secret-field">
      ${field('signingSecret', 'Secret', fault, { help, isMasked: true, hasFocus: true, disabled: busy })}
      <button type="button" class="link" @click=${toggle}>Show the secret</button>
    </div>
  `
}
