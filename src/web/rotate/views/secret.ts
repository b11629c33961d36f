import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions.ts'
import type { Secret } from '../state.ts'

export function secret(
  { signingSecret, keyFingerprint, revealed, saved, copyFailed }: Secret,
  name: 'secret' | 'public key',
  actions: Actions,
): TemplateResult {
  const isShown = revealed || name === 'public key'
  return html`
    <section class="secret" aria-labelledby="secret-title">
      <h2 id="secret-title">Store it now</h2>
      <p>
        ${
          name === 'secret'
            ? 'Put it where your receiver keeps its secrets. Nobody can look it up later: a reload of this tab shows it for another ten minutes at most.'
            : 'Put it where your receiver finds it. It is public: your receiver verifies messages with it, and nobody can sign with it.'
        }
      </p>
      <p>
        <code class="value" aria-label="Signing ${name}" @copy=${actions.copiedByHand}
          >${
            isShown
              ? signingSecret
              : html`<span aria-hidden="true">${masked(signingSecret)}</span
                  ><span class="unseen">hidden</span>`
          }</code
        >
      </p>
      <p class="buttons">
        <button type="button" class=${saved ? '' : 'primary'} @click=${actions.copy}>Copy</button>
        <button type="button" @click=${actions.download}>Download</button>
        ${
          name === 'secret'
            ? html`<button type="button" @click=${actions.toggle}>${revealed ? 'Hide' : 'Show'}</button>`
            : nothing
        }
        <span>${saved === null ? 'Not stored yet' : saved === 'copied' ? '✓ Copied' : '✓ Downloaded'}</span>
      </p>
      ${
        copyFailed
          ? html`<p role="alert" class="bad">
              The browser blocked the copy. Select it and copy it yourself, or download it.
            </p>`
          : nothing
      }
      <p class="quiet">
        Others can recognize it as <code>${keyFingerprint}</code>, which reveals nothing about it.
      </p>
    </section>
  `
}

/** Returns the secret's prefix and as many dots as fit on one line of a phone. */
function masked(secret: string): string {
  return `${secret.slice(0, secret.indexOf('_') + 1)}${'•'.repeat(20)}`
}
