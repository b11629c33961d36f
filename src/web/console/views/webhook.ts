import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { isWithoutSecret } from '../overlap.ts'
import { address, type WebhookIds } from '../route.ts'
import type { State } from '../state.ts'
import { action } from './action.ts'
import { auditTrail } from './audit-trail.ts'
import { invitations } from './invitations.ts'
import { keys } from './keys.ts'
import { loaded } from './loaded.ts'
import { editWebhook } from './provisioning-buttons.ts'
import { receiver } from './receiver.ts'

export function webhook(
  state: State,
  { applicationId, webhookId }: WebhookIds,
  actions: Actions,
): TemplateResult {
  const ids = { applicationId, webhookId }
  const hasNoSecret = state.keys.is === 'done' && isWithoutSecret(state.keys.value)
  const isMissing = state.webhook.is === 'failed' && state.webhook.problem.status === 404
  return html`
    <div class="heading">
      <div>
        <h1 tabindex="-1">${webhookId}</h1>
        ${loaded(
          state.webhook,
          state,
          actions,
          ({ url, description, signatureScheme, signatureHeader }) => html`
            <p class="lead url">${url}</p>
            <p class="quiet">
              Signed as ${signatureScheme}, in the header
              ${signatureHeader}${
                signatureScheme === 'ed25519'
                  ? html`; <a target="_blank" href=${address.publicKeys(ids)}>public keys</a>`
                  : nothing
              }
            </p>
            ${description === null ? nothing : html`<p class="quiet url"><bdi>${description}</bdi></p>`}
          `,
        )}
      </div>
      <p class="buttons">
        <button type="button" @click=${actions.reload}>Refresh</button>
        ${editWebhook(state, actions)}
        ${
          isMissing
            ? nothing
            : action(state, {
                id: 'rotate',
                label: hasNoSecret ? 'Issue the first secret…' : 'Rotate secret…',
                scope: 'secrets:rotate',
                applicationId,
                kind: 'primary',
                run: () => {
                  actions.openRotation(ids)
                },
              })
        }
      </p>
    </div>
    ${
      isMissing
        ? nothing
        : html`${keys(ids, state, actions)} ${receiver(ids, state, actions)}
          ${invitations(ids, state, actions)}`
    }
    <section aria-labelledby="audit-title">
      <h2 id="audit-title">Audit trail</h2>
      ${loaded(state.events, state, actions, (list) => auditTrail(list, state, actions))}
    </section>
  `
}
