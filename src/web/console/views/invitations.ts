import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { WebhookIds } from '../route.ts'
import type { Invitation, State } from '../state.ts'
import { action } from './action.ts'
import { loaded } from './loaded.ts'
import { partProblem } from './problem.ts'
import { time } from './time.ts'

/** Lists the invitations whose links are accepted, with the buttons that create and revoke one. */
export function invitations(ids: WebhookIds, state: State, actions: Actions): TemplateResult {
  const { now } = state
  return html`
    <section aria-labelledby="invitations-title">
      <div class="heading">
        <h2 id="invitations-title">Invitations</h2>
        <p class="buttons">
          ${action(state, {
            id: 'invite',
            label: 'Invite someone to rotate…',
            scope: 'secrets:rotate',
            applicationId: ids.applicationId,
            run: () => {
              actions.openInvitation(ids)
            },
          })}
        </p>
      </div>
      <p class="quiet">
        Anyone who opens the link of an invitation can rotate the secret and see the new one. You never hold
        it.
      </p>
      ${state.invitationProblem ? partProblem(state.invitationProblem, state) : nothing}
      ${loaded(state.invitations, state, actions, ({ items }) => {
        const accepted = items.filter((item) => isAccepted(item, now))
        return accepted.length === 0
          ? html``
          : html`<ul class="events invitations">
              ${accepted.map((item) => row(item, ids, state, actions))}
            </ul>`
      })}
    </section>
  `
}

function isAccepted({ state, expiresAt }: Invitation, now: number): boolean {
  return (state === 'open' || state === 'used') && Date.parse(expiresAt) > now
}

function row(
  { id, state: phase, usedAt, expiresAt, createdAt, createdBy, reason }: Invitation,
  ids: WebhookIds,
  state: State,
  actions: Actions,
): TemplateResult {
  const { now } = state
  return html`
    <li>
      <div>
        <p>
          <span class="tag ${phase === 'open' ? 'previous' : 'current'}">${phase}</span>
          ${
            usedAt === null
              ? html`until ${time(expiresAt, now)}`
              : html`${time(usedAt, now)}; tests until ${time(expiresAt, now)}`
          }
        </p>
        <p class="quiet">
          Created
          ${time(createdAt, now)}${createdBy === null ? nothing : html` by <bdi>${createdBy}</bdi>`}${
            reason === null ? nothing : html`: <bdi>${reason}</bdi>`
          }
        </p>
        <p class="quiet"><code>${id}</code></p>
      </div>
      ${action(state, {
        id: `revoke-${id}`,
        label: 'Revoke',
        fullLabel: `Revoke the invitation ${id}`,
        scope: 'secrets:rotate',
        applicationId: ids.applicationId,
        kind: 'danger',
        run: () => {
          void actions.revokeInvitation(ids, id)
        },
      })}
    </li>
  `
}
