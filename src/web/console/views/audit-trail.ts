import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { AuditEvent, List, State } from '../state.ts'
import { showMore } from './loaded.ts'
import { time } from './time.ts'

/** Lists a webhook's audit events, newest first. */
export function auditTrail(list: List<AuditEvent>, state: State, actions: Actions): TemplateResult {
  if (list.items.length === 0) return html`<p class="quiet">No events yet.</p>`
  return html`
    <ol class="events">
      ${list.items.map((event) => item(event, state.now))}
    </ol>
    ${showMore(list, state, actions, 'Show older events')}
  `
}

function item(event: AuditEvent, now: number): TemplateResult {
  const { sequence, type, at, actor, reason, key, endedKeys, hash } = event
  return html`
    <li>
      <span class="quiet digits" title="hash ${hash}">${sequence}</span>
      <div>
        <p>
          ${names[type]}${
            type === 'secret.rotated' && key ? html`: <code>${key.keyFingerprint}</code>` : nothing
          }${
            type === 'secret.previous_revoked'
              ? html`: <code>${endedKeys.map(({ keyFingerprint }) => keyFingerprint).join(', ')}</code>`
              : nothing
          }
        </p>
        ${reason === null ? nothing : html`<p class="quiet"><bdi>${reason}</bdi></p>`}
      </div>
      <span class="quiet"><bdi>${actor}</bdi></span>
      <span class="quiet when">${time(at, now)}</span>
    </li>
  `
}

const names: Record<AuditEvent['type'], string> = {
  'webhook.created': 'Webhook created',
  'webhook.updated': 'Webhook updated',
  'webhook.deleted': 'Webhook deleted',
  'secret.rotated': 'Secret rotated',
  'secret.previous_revoked': 'Previous keys revoked',
  'receiver.probed': 'Receiver probed',
  'invitation.created': 'Invitation created',
  'invitation.revoked': 'Invitation revoked',
  'overlap.expired': 'Overlap ended before the receiver was proven',
}
