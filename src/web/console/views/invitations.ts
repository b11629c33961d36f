import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { WebhookIds } from '../route.ts'
import type { Invitation, State } from '../state.ts'
import { loaded } from './loaded.ts'
import { problem } from './problem.ts'
import { time } from './time.ts'

/** Lists the invitations whose links are accepted, with the buttons that create and revoke one. */
export function invitations(ids: WebhookIds, state: State, actions: Actions): TemplateResult {
  const { now } = state
  return html`
    <section aria-labelledby="invitations-title">
      <div class="heading">
        <h2 id="invitations-title">Invitations</h2>
        <p class="buttons">
          <button
            type="button"
            @click=${() => {
              actions.openInvitation(ids)
            }}
          >
            Invite someone to rotate…
          </button>
        </p>
      </div>
      <p class="quiet">
        Anyone who opens the link of an invitation can rotate the secret and see the new one. You never hold
        it.
      </p>
      ${state.invitationProblem ? problem(state.invitationProblem, now) : nothing}
      ${loaded(state.invitations, state, actions, ({ items }) => {
        const accepted = items.filter((item) => isAccepted(item, now))
        return accepted.length === 0
          ? html``
          : html`<ul class="events invitations">
              ${accepted.map((item) => row(item, ids, now, actions))}
            </ul>`
      })}
    </section>
  `
}

function isAccepted({ state, expiresAt }: Invitation, now: number): boolean {
  return (state === 'open' || state === 'used') && Date.parse(expiresAt) > now
}

function row(
  { id, state, usedAt, expiresAt, createdAt, createdBy, reason }: Invitation,
  ids: WebhookIds,
  now: number,
  actions: Actions,
): TemplateResult {
  return html`
    <li>
      <div>
        <p>
          <span class="tag ${state === 'open' ? 'previous' : 'current'}">${state}</span>
          ${
            usedAt === null
              ? html`until ${time(expiresAt, now)}`
              : html`${time(usedAt, now)}; tests until ${time(expiresAt, now)}`
          }
        </p>
        <p class="quiet">
          Created
          ${time(createdAt, now)}${createdBy === null ? '' : ` by ${createdBy}`}${
            reason === null ? '' : `: ${reason}`
          }
        </p>
        <p class="quiet"><code>${id}</code></p>
      </div>
      <button
        type="button"
        class="danger"
        aria-label="Revoke the invitation ${id}"
        @click=${() => {
          void actions.revokeInvitation(ids, id)
        }}
      >
        Revoke
      </button>
    </li>
  `
}
