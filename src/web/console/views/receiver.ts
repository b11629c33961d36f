import { html, nothing, type TemplateResult } from 'lit-html'
import { noun } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { endedKeys, keyEnd, liveKeys } from '../overlap.ts'
import type { WebhookIds } from '../route.ts'
import type { Probe, State } from '../state.ts'
import { signers, verdicts } from '../verdicts.ts'
import { action } from './action.ts'
import { partProblem } from './problem.ts'

/** How long Rekey keeps an inactive key's secret for probes, in milliseconds. */
const keptAfterEndMs = 86_400_000

/** Shows the buttons that probe the receiver, and the result of the last probe. */
export function receiver(ids: WebhookIds, state: State, actions: Actions): TemplateResult {
  const { probe, keys, now } = state
  const live = keys.is === 'done' ? liveKeys(keys.value, now) : []
  const hasRecentlyEnded =
    keys.is === 'done' && endedKeys(keys.value, now).some((key) => keyEnd(key) > now - keptAfterEndMs)
  const isBusy = probe?.is === 'loading'
  const button = (id: string, label: string, body?: Parameters<Actions['probe']>[1], kind?: 'danger') =>
    action(state, {
      id,
      label,
      scope: 'secrets:rotate',
      applicationId: ids.applicationId,
      ...(kind && { kind }),
      isBusy,
      run: () => {
        void actions.probe(ids, body)
      },
    })
  const endOverlap = button('end-overlap', 'End the overlap now', { endOverlap: true }, 'danger')
  const hasSecret = keys.is !== 'done' || keys.value.current !== null
  return html`
    <section aria-labelledby="receiver-title">
      <div class="heading">
        <h2 id="receiver-title">Receiver</h2>
        ${
          hasSecret
            ? html`<p class="buttons">
                ${
                  live.length === 1 && hasRecentlyEnded
                    ? button('probe-inactive', 'Probe with inactive keys too', {
                        expectPreviousRefused: true,
                      })
                    : nothing
                }
                ${button('probe', isBusy ? 'Probing…' : probe ? 'Probe again' : 'Probe the receiver')}
              </p>`
            : nothing
        }
      </div>
      <p class="quiet">
        ${
          hasSecret
            ? 'A probe sends two harmless messages. The receiver must accept the one signed with the current key and refuse the one with a random key.'
            : 'You can probe the receiver once the webhook has a secret.'
        }
      </p>
      ${probe?.is === 'failed' ? partProblem(probe.problem, state) : nothing}
      ${probe?.is === 'done' ? result(probe.value, live.length > 1 ? endOverlap : nothing) : nothing}
    </section>
  `
}

function result(probe: Probe, endOverlap: TemplateResult | typeof nothing): TemplateResult {
  const { proven, messages, revokedKeys } = probe
  return html`
    <div class="notice ${proven ? 'good' : 'bad'}">
      <p>
        ${
          proven
            ? html`<strong>Proven:</strong> the receiver accepts the current key and refuses a random one.`
            : html`<strong>Not proven.</strong> Keep the overlap until the receiver accepts the new secret.`
        }
      </p>
      <ul>
        ${messages.map(message)}
      </ul>
      ${
        revokedKeys.length > 0
          ? html`<p>
              <strong>The overlap has ended:</strong> ${revokedKeys.join(', ')}
              ${noun(revokedKeys.length, 'was', 'were')} revoked.
            </p>`
          : nothing
      }
      ${
        proven && endOverlap !== nothing
          ? html`
              <p>
                You can end the overlap now. Rekey probes the receiver once more, and revokes the previous
                keys only if it is proven again.
              </p>
              <p>${endOverlap}</p>
            `
          : nothing
      }
    </div>
  `
}

function message({ signedWith, keyFingerprint, expected, verdict, status, timeMs }: Message): TemplateResult {
  const isExpected = verdict === expected
  const how = [status, timeMs === null ? null : `${timeMs} ms`].filter((part) => part !== null)
  return html`
    <li>
      <span class=${isExpected ? 'good' : 'bad'}>${isExpected ? '✓' : '✗'}</span>
      Signed with
      ${signers[signedWith]}${keyFingerprint === null ? nothing : html` <code>${keyFingerprint}</code>`}:
      <strong>${verdicts[verdict]}</strong>${isExpected ? '' : `, but must be ${expected}`}${
        how.length > 0 ? ` (${how.join(', ')})` : ''
      }
    </li>
  `
}

type Message = Probe['messages'][number]
