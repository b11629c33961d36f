import { html, nothing, type TemplateResult } from 'lit-html'
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
      aria-describedby=${wrong === null ? nothing : 'signatureScheme-fault'}
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
      <div class="outcome bad" ?hidden=${wrong === null && !isChange} aria-live="polite">
        ${
          wrong === null
            ? isChange
              ? consequence(webhook, chosen)
              : nothing
            : html`<p id="signatureScheme-fault">${wrong}</p>`
        }
      </div>
    </fieldset>
  `
}

/** Explains what happens if a webhook with live keys gets another scheme. */
function consequence({ id, signatureScheme: before, liveKeys }: Webhook, after: SchemeName): TemplateResult {
  const keys = liveKeys === 1 ? 'a live key' : `${liveKeys} live keys`
  if (before === 'ed25519' || after === 'ed25519')
    return html`<p>
      ${id} has ${keys}, so Rekey refuses to change it to or from ed25519. Create a new webhook instead.
    </p>`
  return html`
    <p>
      The next message is signed as ${after}, with the same keys. A receiver that still verifies ${before}
      will refuse it.
      ${
        schemes[after].imports === 'base64' && schemes[before].imports === 'text'
          ? 'Rekey refuses the change while the secret of a live key is not whsec_ followed by base64.'
          : nothing
      }
      ${
        schemes[after].carriesOne && !schemes[before].carriesOne && liveKeys > 1
          ? 'A message then carries one signature, so the oldest key signs alone until the overlap ends.'
          : nothing
      }
    </p>
  `
}
