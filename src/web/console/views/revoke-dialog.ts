import { html, nothing, type TemplateResult } from 'lit-html'
import { noun } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import type { RevokeDialog } from '../dialogs.ts'
import { liveKeys } from '../overlap.ts'
import type { State } from '../state.ts'
import { dialog } from './dialog.ts'
import { problem } from './problem.ts'

/** Explains the effect of revoking the previous keys, and asks for confirmation. */
export function revokeDialog({ keys, now }: State, asked: RevokeDialog, actions: Actions): TemplateResult {
  const [current, ...previous] = keys.is === 'done' ? liveKeys(keys.value, now) : []
  const revoke = () => {
    if (!asked.busy) void actions.revoke(asked)
  }
  return dialog(
    `Revoke the previous ${noun(previous.length, 'key')} of ${asked.webhook.webhookId}?`,
    actions.closeDialog,
    html`
      <div class="outcome bad">
        <p>
          ${previous.map(({ keyFingerprint }, index) => html`${index === 0 ? '' : ', '}<code>${keyFingerprint}</code>`)}
          ${noun(previous.length, 'stops', 'stop')} signing immediately and permanently. Only
          <code>${current?.keyFingerprint}</code> signs. A receiver that has not switched to it will refuse
          every message.
        </p>
      </div>
      <p>Not sure whether it has switched? Probe the receiver first.</p>
      ${asked.problem ? problem(asked.problem, now) : nothing}
      <p class="buttons">
        <button type="button" class="danger solid" aria-disabled=${asked.busy} @click=${revoke}>
          ${asked.busy ? 'Revoking…' : 'Revoke'}
        </button>
        <button type="button" autofocus ?disabled=${asked.busy} @click=${actions.closeDialog}>Cancel</button>
      </p>
    `,
  )
}
