import { html, nothing, type TemplateResult } from 'lit-html'
import { plural } from '../../shared/words.ts'
import type { WebhookDialog } from '../dialogs.ts'
import { schemes, type SchemeName } from '../schemes.ts'
import type { Webhook } from '../state.ts'

/** Asks how a webhook's messages are signed, and explains what a change does to its keys and its receiver. */
export function schemeChoice(
  { webhook, scheme: chosen, busy, fault }: WebhookDialog,
  choose: (scheme: SchemeName) => void,
): TemplateResult {
  const wrong = fault?.field === 'signatureScheme' ? fault.text : null
  const isChange = webhook !== null && webhook.liveKeys > 0 && webhook.signatureScheme !== chosen
  return html`
    <fieldset
      class="schemes"
      ?disabled=${busy}
      aria-describedby=${wrong === null ? nothing : 'signatureScheme-note'}
    >
      <legend>Signature scheme: the receiver verifies messages like those of</legend>
      ${(Object.keys(schemes) as SchemeName[]).map(
        (name) => html`
          <label class="choice">
            <input
              type="radio"
              name="signatureScheme"
              id=${name === chosen ? 'signatureScheme' : nothing}
              .checked=${name === chosen}
              @change=${() => {
                choose(name)
              }}
            />
            <span>${name}</span> <span class="quiet">${schemes[name].like}</span>
          </label>
        `,
      )}
      <div aria-live="polite">
        ${
          wrong !== null
            ? html`<p class="outcome bad" id="signatureScheme-note">${wrong}</p>`
            : isChange
              ? html`<p class="outcome bad">${consequence(webhook, chosen)}</p>`
              : nothing
        }
      </div>
    </fieldset>
  `
}

/** Explains what happens if a webhook with live keys gets another scheme. */
function consequence({ id, signatureScheme: before, liveKeys }: Webhook, after: SchemeName): string {
  if (before === 'ed25519' || after === 'ed25519') {
    const keys = plural(liveKeys, 'live key')
    return `${id} has ${keys}, so Rekey refuses to change it to or from ed25519. Create a new webhook instead.`
  }
  const isRefusedForText = schemes[after].imports === 'base64' && schemes[before].imports === 'text'
  const signsAlone = schemes[after].carriesOne && !schemes[before].carriesOne && liveKeys > 1
  return [
    `The next message is signed as ${after}, with the same keys. A receiver that still verifies ${before} will refuse it.`,
    ...(isRefusedForText
      ? ['Rekey refuses the change while the secret of a live key is not whsec_ followed by base64.']
      : []),
    ...(signsAlone
      ? ['A message then carries one signature, so the oldest key signs alone until the overlap ends.']
      : []),
  ].join(' ')
}
