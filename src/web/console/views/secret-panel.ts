import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { address } from '../route.ts'
import { wordFor, type NewSecret } from '../state.ts'

/** Shows a new secret or public key on every page until the user dismisses it. */
export function secretPanel(secret: NewSecret, actions: Actions): TemplateResult {
  const { webhook, keyFingerprint, signingSecret, saved, copyProblem } = secret
  const isPublic = wordFor(secret) === 'public key'
  return html`
    <section class="secret" aria-labelledby="secret-title">
      <h2 id="secret-title" tabindex="-1">${isPublic ? 'New public key' : 'New secret, shown only once'}</h2>
      <p>
        It ${isPublic ? 'verifies' : 'signs'} the messages of
        <strong>${webhook.applicationId} / ${webhook.webhookId}</strong> as <code>${keyFingerprint}</code>.
        ${
          isPublic
            ? html`Give it to the receiver, unless it follows the
                <a target="_blank" href=${address.publicKeys(webhook)}>public keys</a>. Rekey keeps the
                private key.`
            : 'Give it to the receiver now: Rekey never shows it again.'
        }
      </p>
      <p>
        <code
          class="value"
          aria-label=${isPublic ? 'Public key' : 'Signing secret'}
          @copy=${actions.copiedByHand}
          >${signingSecret}</code
        >
      </p>
      <p class="buttons">
        <button type="button" class=${saved ? '' : 'primary'} @click=${actions.copy}>Copy</button>
        <button type="button" @click=${actions.download}>Download</button>
        <button type="button" class=${saved ? 'primary' : ''} @click=${actions.dismiss}>Done</button>
        <span>${saved === null ? 'Not copied yet' : saved === 'copied' ? '✓ Copied' : '✓ Downloaded'}</span>
      </p>
      ${copyProblem === null ? nothing : html`<p role="alert" class="bad">${copyProblem}</p>`}
    </section>
  `
}
