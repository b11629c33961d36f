import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { AuditEvent, List, State } from '../state.ts'
import { showMore } from './loaded.ts'
import { time } from './time.ts'

export function auditTrail(list: List<AuditEvent>, state: State, actions: Actions): TemplateResult {
  if (list.items.length === 0) return html`<p class="quiet">Nothing has happened yet.</p>`
  return html`
    <div class="wide" tabindex="0" role="region" aria-labelledby="audit-title">
      <table class="audit">
        <thead>
          <tr>
            <th scope="col" class="number">No.</th>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Who</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          ${list.items.map((event) => row(event, state.now))}
        </tbody>
      </table>
    </div>
    ${showMore(list, state, actions, 'Show older events')}
  `
}

function row(
  { sequence, type, at, actor, reason, key, endedKeys, hash }: AuditEvent,
  now: number,
): TemplateResult {
  const ended = endedKeys.map(({ keyFingerprint }) => keyFingerprint)
  return html`
    <tr>
      <td class="number"><span title="hash ${hash}">${sequence}</span></td>
      <td>${time(at, now)}</td>
      <td>
        ${names[type]}${
          key && type === 'secret.rotated' ? html` to <code>${key.keyFingerprint}</code>` : nothing
        }${
          type === 'secret.previous_revoked' && ended.length > 0
            ? html`: <code>${ended.join(', ')}</code>`
            : nothing
        }
      </td>
      <td>${actor ?? '–'}</td>
      <td>${reason ?? '–'}</td>
    </tr>
  `
}

const names: Record<AuditEvent['type'], string> = {
  'webhook.created': 'Webhook created',
  'webhook.updated': 'Webhook updated',
  'webhook.deleted': 'Webhook deleted',
  'secret.rotated': 'Secret rotated',
  'secret.previous_revoked': 'Previous keys revoked',
  'receiver.probed': 'Receiver probed',
}
