import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { carriesOneSignature, isWithoutSecret, keyEnd, liveKeys } from '../overlap.ts'
import type { Dialog, Key, State } from '../state.ts'
import { dialog } from './dialog.ts'
import { problem } from './problem.ts'
import { time } from './time.ts'

const overlaps = [
  { seconds: 86_400, label: '24 hours', hint: 'suits most receivers' },
  { seconds: 3_600, label: '1 hour', hint: 'if receivers switch automatically' },
  { seconds: 604_800, label: '7 days', hint: 'if receivers are switched by hand' },
  { seconds: 0, label: 'None', hint: 'revoke all older keys immediately, after a leak' },
]

type Asked = Extract<Dialog, { kind: 'rotate' }>

/** Asks for a rotation's overlap and reason, and explains which keys will sign. */
export function rotateDialog({ keys, webhook, now }: State, asked: Asked, actions: Actions): TemplateResult {
  const live = keys.is === 'done' ? liveKeys(keys.value, now) : null
  const isFirst = keys.is === 'done' && isWithoutSecret(keys.value)
  const hasOldKeys = live?.length !== 0
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    if (!asked.busy) void actions.rotate(asked, (form.elements.namedItem('reason') as HTMLInputElement).value)
  }
  return dialog(
    `${isFirst ? 'Issue the first secret of' : 'Rotate the secret of'} ${asked.webhook.webhookId}?`,
    actions.closeDialog,
    html`
      <form @submit=${submit}>
        ${
          !hasOldKeys
            ? nothing
            : html`
                <fieldset ?disabled=${asked.busy}>
                  <legend>How long the old key stays live</legend>
                  ${overlaps.map(
                    ({ seconds, label, hint }) => html`
                      <label class="choice">
                        <input
                          type="radio"
                          name="overlap"
                          ?autofocus=${seconds === asked.overlapSeconds}
                          .checked=${seconds === asked.overlapSeconds}
                          @change=${() => {
                            actions.chooseOverlap(seconds)
                          }}
                        />
                        <span>${label}</span> <span class="quiet">${hint}</span>
                      </label>
                    `,
                  )}
                </fieldset>
                ${asked.overlapSeconds > 0 ? endWhenProven(asked, actions) : nothing}
              `
        }
        <label for="reason">Reason <span class="quiet">(optional, kept in the audit trail)</span></label>
        <input id="reason" maxlength="500" autocomplete="off" ?disabled=${asked.busy} />
        <div class="outcome ${asked.overlapSeconds === 0 && hasOldKeys ? 'bad' : ''}" aria-live="polite">
          ${
            live?.length &&
            asked.overlapSeconds > 0 &&
            webhook.is === 'done' &&
            carriesOneSignature(webhook.value)
              ? oneSigner(live, asked, now)
              : outcome(live, asked.overlapSeconds, now)
          }
        </div>
        ${asked.problem ? problem(asked.problem, now) : nothing}
        <p class="buttons">
          <button
            class=${asked.overlapSeconds === 0 && hasOldKeys ? 'danger solid' : 'primary'}
            aria-disabled=${asked.busy}
          >
            ${asked.busy ? 'Rotating…' : isFirst ? 'Issue the secret' : 'Rotate'}
          </button>
          <button type="button" ?disabled=${asked.busy} @click=${actions.closeDialog}>Cancel</button>
          ${asked.busy ? html`<span class="quiet">If the response is lost, the console retries.</span>` : nothing}
        </p>
      </form>
    `,
  )
}

function endWhenProven({ endWhenProven, busy }: Asked, actions: Actions): TemplateResult {
  return html`
    <label class="choice option">
      <input
        type="checkbox"
        ?disabled=${busy}
        .checked=${endWhenProven}
        @change=${(event: Event) => {
          actions.chooseEndWhenProven((event.currentTarget as HTMLInputElement).checked)
        }}
      />
      <span class="described">
        End the overlap once the receiver is proven
        <small class="quiet"
          >Rekey probes it by schedule, and revokes the older keys once it has switched.</small
        >
      </span>
    </label>
  `
}

/** Explains which keys sign after the rotation. @param live the live keys, newest first; null if not loaded */
function outcome(live: readonly Key[] | null, overlapSeconds: number, now: number): TemplateResult {
  const until = now + overlapSeconds * 1000
  if (live === null) {
    return html`
      <p>
        ${
          overlapSeconds === 0
            ? 'All older keys stop signing immediately.'
            : html`The current key signs until ${time(until, now)}.`
        }
      </p>
      <p class="quiet">
        The console has not loaded the keys. If someone else rotates in the meantime, yours becomes a second
        rotation.
      </p>
    `
  }
  const [current, ...older] = live
  if (!current) return html`<p>The new key signs immediately.</p>`
  if (overlapSeconds === 0) {
    return html`<p>
      ${names(live)} ${live.length === 1 ? 'stops' : 'stop'} signing immediately. A receiver without the new
      secret will refuse every message.
    </p>`
  }
  return html`
    <p>
      The new key signs immediately. The old key ${names([current])} signs until
      <strong>${time(until, now)}</strong>.
    </p>
    ${older.map((key) => html`<p>${names([key])} still signs until ${time(keyEnd(key), now)}.</p>`)}
  `
}

/** Explains which key signs if a message carries only one signature. @param live the live keys, newest first */
function oneSigner(
  live: readonly Key[],
  { overlapSeconds, endWhenProven }: Asked,
  now: number,
): TemplateResult {
  const oldest = live.slice(-1)
  const until = Math.min(now + overlapSeconds * 1000, ...oldest.map(keyEnd))
  return html`
    <p>
      A message carries only one signature. The oldest key ${names(oldest)} signs alone until
      <strong>${time(until, now)}</strong>, and then the next. The new key signs once all others have ended.
    </p>
    ${
      endWhenProven
        ? html`<p>Once a probe shows that the receiver has switched, the new key signs at once.</p>`
        : html`<p>End the overlap as soon as the receiver has switched: a probe shows whether it has.</p>`
    }
  `
}

function names(keys: readonly Key[]): TemplateResult {
  return html`${keys.map(
    ({ keyFingerprint }, index) => html`${index === 0 ? '' : ', '}<code>${keyFingerprint}</code>`,
  )}`
}
