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
                    ? html`<button
                        type="button"
                        aria-disabled=${isBusy}
                        @click=${send({ expectPreviousRefused: true })}
                      >
                        Probe with ended keys too
                      </button>`
                    : nothing
                }
                <button type="button" aria-disabled=${isBusy} @click=${send()}>
                  ${isBusy ? 'Probing…' : probe ? 'Probe again' : 'Probe the receiver'}
                </button>
              </p>`
            : nothing
        }
      </div>
      <p class="quiet">
        ${
          hasSecret
            ? 'A probe posts two harmless messages: one signed with the current key, to be accepted, one with a random key, to be refused.'
            : 'It can be probed once there is a secret to sign with.'
        }
      </p>
      ${probe?.is === 'failed' ? problem(probe.problem, now) : nothing}
      ${probe?.is === 'done' ? result(probe.value, live.length > 1, send({ endOverlap: true })) : nothing}
    </section>
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
      <ul>
        ${messages.map(message)}
      </ul>
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

function message({ signedWith, keyFingerprint, expected, verdict, status, timeMs }: Message): TemplateResult {
  const isExpected = verdict === expected
  const how = [status, timeMs === null ? null : `${timeMs} ms`].filter((part) => part !== null)
  return html`
    <li>
      <span class=${isExpected ? 'good' : 'bad'}>${isExpected ? '✓' : '✗'}</span>
      Signed with ${articles[signedWith]} ${signedWith}
      key${keyFingerprint === null ? nothing : html` <code>${keyFingerprint}</code>`}:
      <strong>${verdicts[verdict]}</strong>${isExpected ? '' : `, but must be ${expected}`}${
        how.length > 0 ? ` (${how.join(', ')})` : ''
      }
    </li>
  `
}

type Message = Probe['messages'][number]

const articles: Record<Message['signedWith'], string> = { current: 'the', random: 'a', previous: 'the' }

const verdicts: Record<Message['verdict'], string> = {
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
