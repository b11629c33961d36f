import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions.ts'
import type { Invitation, State } from '../state.ts'
import { carriesOneSignature, duration, moment, nameOf } from '../words.ts'
import { facts } from './facts.ts'
import { problem } from './problem.ts'

/** Explains the rotation, and has the button that starts it. */
export function open(invitation: Invitation, state: State, actions: Actions): TemplateResult {
  const { overlapSeconds, endWhenProven, expiresAt, signatureScheme } = invitation
  const { rotating, problem: failure, now } = state
  const name = nameOf(invitation)
  return html`
    <h1 tabindex="-1">Rotate a signing ${name === 'secret' ? 'secret' : 'key'}</h1>
    <p class="lead">
      ${
        name === 'secret'
          ? "Someone asks you to replace the secret with which this webhook's messages are signed. You alone will see the new one."
          : "Someone asks you to replace the key with which this webhook's messages are signed. You get the new public key, which is not a secret; Rekey keeps the private one."
      }
    </p>
    ${facts(invitation)}
    <h2>What happens when you press the button</h2>
    <ol class="steps">
      <li>
        The new ${name} appears here${name === 'secret' ? ', once' : ''}. Have the place ready where your
        receiver keeps it${name === 'secret' ? ', such as its secret store' : ''}.
      </li>
      <li>
        If the webhook has a ${name} already, the old one stays valid for
        <strong>${duration(overlapSeconds)}</strong>, then stops
        automatically${
          endWhenProven
            ? '. It stops earlier once Rekey has tested that your receiver uses the new one.'
            : '.'
        }
        ${
          carriesOneSignature(signatureScheme)
            ? 'Until then, messages are signed with the old one; after that, with the new one.'
            : 'Until then, messages are signed with both, so you can switch at any time.'
        }
      </li>
      <li>You can test here whether your receiver accepts the new ${name}.</li>
    </ol>
    ${failure ? problem(failure, now) : nothing}
    <p class="buttons">
      <button type="button" class="primary large" aria-disabled=${rotating} @click=${actions.rotate}>
        ${rotating ? 'Rotating…' : `Rotate the ${name === 'secret' ? 'secret' : 'key'} and show it`}
      </button>
      ${
        rotating
          ? html`<span class="quiet"
              >If the response is lost, this page asks again. That rotates only once.</span
            >`
          : nothing
      }
    </p>
    <p class="quiet">
      ${rotating || failure ? nothing : 'Nothing has changed so far. '}The invitation works once, until
      <time datetime=${expiresAt}>${moment(Date.parse(expiresAt))}</time>.
    </p>
  `
}
