import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { endedKeys, keyEnd, liveKeys } from '../overlap.ts'
import type { WebhookIds } from '../route.ts'
import type { Probe, State } from '../state.ts'
import { problem } from './problem.ts'

/** For how long the secret of an ended key is kept, to tell whether the receiver refuses it. */
const keptAfterEndMs = 86_400_000

/** Whether the receiver follows the rotation, as a probe shows. */
export function receiver(ids: WebhookIds, state: State, actions: Actions): TemplateResult {
  const { probe, keys, now } = state
  const live = keys.is === 'done' ? liveKeys(keys.value, now) : []
  const hasRecentlyEnded =
    keys.is === 'done' && endedKeys(keys.value, now).some((key) => keyEnd(key) > now - keptAfterEndMs)
  const isBusy = probe?.is === 'loading'
  const send = (body?: Parameters<Actions['probe']>[1]) => () => {
    if (!isBusy) void actions.probe(ids, body)
  }
  if (keys.is === 'done' && !keys.value.current)
    return html`<p class="quiet">It can be probed once there is a secret to sign with.</p>`
  return html`
    <p>
      A probe posts two harmless messages to the webhook's URL: one signed with the current key alone, which
      must be accepted, and one with a random key, which must be refused.
    </p>
    <p class="buttons">
      <button type="button" aria-disabled=${isBusy} @click=${send()}>
        ${isBusy ? 'Probing…' : probe ? 'Probe again' : 'Probe the receiver'}
      </button>
      ${
        live.length === 1 && hasRecentlyEnded
          ? html`<button
              type="button"
              aria-disabled=${isBusy}
              @click=${send({ expectPreviousRefused: true })}
            >
              Probe with the ended keys too
            </button>`
          : nothing
      }
    </p>
    ${probe?.is === 'failed' ? problem(probe.problem, now) : nothing}
    ${probe?.is === 'done' ? result(probe.value, live.length > 1, send({ endOverlap: true })) : nothing}
  `
}

function result(probe: Probe, isOverlapping: boolean, endOverlap: () => void): TemplateResult {
  const { proven, messages, revokedKeys } = probe
  return html`
    <div class="notice ${proven ? 'good' : 'bad'}">
      <p>
        ${
          proven
            ? html`<strong>Proven:</strong> the receiver takes the current key, and tells it from a wrong one.`
            : html`<strong>Not proven.</strong> The overlap should go on until the receiver takes the new
                secret.`
        }
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Signed with</th>
            <th scope="col">Must be</th>
            <th scope="col">Was</th>
            <th scope="col" class="number">Status</th>
            <th scope="col" class="number">Time</th>
          </tr>
        </thead>
        <tbody>
          ${messages.map(message)}
        </tbody>
      </table>
      ${
        revokedKeys.length > 0
          ? html`<p>
              <strong>The overlap is over:</strong> ${revokedKeys.join(', ')}
              ${revokedKeys.length === 1 ? 'is' : 'are'} revoked.
            </p>`
          : nothing
      }
      ${
        proven && isOverlapping
          ? html`
              <p>
                The overlap is not needed any more. Ending it sends the same two messages again, and revokes
                the previous keys only if the receiver proves itself once more.
              </p>
              <p><button type="button" class="danger" @click=${endOverlap}>End the overlap now</button></p>
            `
          : nothing
      }
    </div>
  `
}

function message({
  signedWith,
  keyFingerprint,
  expected,
  verdict,
  status,
  timeMs,
}: Probe['messages'][number]) {
  return html`
    <tr>
      <td>${signedWith} key ${keyFingerprint === null ? nothing : html`<code>${keyFingerprint}</code>`}</td>
      <td>${expected}</td>
      <td class=${verdict === expected ? 'good' : 'bad'}>
        ${verdict === expected ? '✓' : '✗'} ${verdicts[verdict]}
      </td>
      <td class="number">${status ?? '–'}</td>
      <td class="number">${timeMs === null ? '–' : `${timeMs} ms`}</td>
    </tr>
  `
}

const verdicts: Record<Probe['messages'][number]['verdict'], string> = {
  accepted: 'accepted',
  refused: 'refused',
  inconclusive: 'neither accepted nor refused',
  timed_out: 'not answered in time',
  no_answer: 'not answered: no connection',
  tls_failed: 'not sent: TLS failed',
  unresolved: 'not sent: unknown host name',
  url_refused: 'not sent: not a public address',
  no_previous_secret: 'not sent: secret no longer kept',
}
