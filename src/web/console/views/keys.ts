import { html, nothing, type TemplateResult } from 'lit-html'
import { noun, plural } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { endedKeys, keyEnd, liveKeys, lostKeys, scaleOf, schemeOf, type Scale } from '../overlap.ts'
import type { WebhookIds } from '../route.ts'
import { schemes, type SchemeName } from '../schemes.ts'
import type { Key, SecretState, State } from '../state.ts'
import { countdown } from '../time.ts'
import { action } from './action.ts'
import { loaded } from './loaded.ts'
import { selfEnding } from './self-ending.ts'
import { axis, keyBar } from './timeline.ts'
import { ago, time } from './time.ts'

/** Shows the live keys with their remaining time, and the inactive keys. */
export function keys(ids: WebhookIds, state: State, actions: Actions): TemplateResult {
  const live = state.keys.is === 'done' ? liveKeys(state.keys.value, state.now) : []
  const scheme = schemeOf(state.webhook)
  return html`
    <section aria-labelledby="keys-title">
      <div class="heading">
        <h2 id="keys-title">Keys</h2>
        <p class="buttons">
          ${
            scheme !== undefined && schemes[scheme].imports === null
              ? nothing
              : action(state, {
                  id: 'import',
                  label: 'Import a secret…',
                  scope: 'secrets:rotate',
                  applicationId: ids.applicationId,
                  run: () => {
                    actions.openRotation(ids, true)
                  },
                })
          }
          ${
            live.length > 1
              ? action(state, {
                  id: 'revoke',
                  label: `Revoke the previous ${noun(live.length - 1, 'key')}…`,
                  scope: 'secrets:rotate',
                  applicationId: ids.applicationId,
                  kind: 'danger',
                  run: () => {
                    actions.openRevocation(ids)
                  },
                })
              : nothing
          }
        </p>
      </div>
      ${loaded(state.keys, state, actions, (value) => {
        const lost = lostKeys(value, state.now)
        return html`
          ${lost.length > 0 ? loss(lost, live.length > 0) : nothing}
          ${live.length + lost.length > 0 ? table(live, endedKeys(value, state.now), value.overlap, state.now) : none(scheme)}
        `
      })}
    </section>
  `
}

function loss(keys: readonly Key[], hasLiveKeys: boolean): TemplateResult {
  const isOne = keys.length === 1
  return html`
    <div class="notice bad">
      <p>
        ${isOne ? 'This key cannot sign, because its secret was' : 'These keys cannot sign, because their secrets were'}
        erased early:
        ${keys.map(({ keyFingerprint }, index) => html`${index === 0 ? '' : ', '}<code>${keyFingerprint}</code>`)}
      </p>
      <p>
        A receiver that still uses ${isOne ? 'this secret' : 'one of these secrets'} refuses every message.
        ${hasLiveKeys ? 'Give it the current secret.' : 'Rotate, and give it the new secret.'}
      </p>
    </div>
  `
}

function none(scheme: SchemeName | undefined): TemplateResult {
  return html`
    <div class="empty">
      <p><strong>This webhook has no secret yet.</strong></p>
      <p>
        Rekey cannot sign messages yet.
        ${
          scheme === 'ed25519'
            ? 'Issue the first secret: Rekey keeps the private key, and shows the public one for the receiver.'
            : 'Issue the first secret for a new receiver, or import the one that the receiver verifies with today.'
        }
      </p>
    </div>
  `
}

function table(
  live: readonly Key[],
  ended: readonly Key[],
  overlap: SecretState['overlap'],
  now: number,
): TemplateResult {
  const scale = scaleOf(live)
  return html`
    <p>${summary(live, now)}</p>
    ${scale && overlap?.endWhenProven ? selfEnding(overlap, now) : nothing}
    ${live.length > 0 ? panel(live, scale, now) : nothing} ${ended.length > 0 ? past(ended, now) : nothing}
  `
}

function panel(live: readonly Key[], scale: Scale | null, now: number): TemplateResult {
  return html`
    <div class="panel">
      <ul class=${scale ? 'keys' : 'keys alone'}>
        ${live.map(
          (key) => html`
            <li>
              ${details(key, now)} ${scale ? keyBar(key, scale, now) : nothing}
              <p class="left">${timeLeft(key, now)}</p>
            </li>
          `,
        )}
      </ul>
      ${scale ? html`<div class="axis-row">${axis(scale, live, now)}</div>` : nothing}
    </div>
  `
}

function summary(live: readonly Key[], now: number): TemplateResult {
  const [current, ...previous] = live
  if (!current) return html`No key is live, so Rekey cannot sign messages.`
  if (previous.length === 0) return html`One key is live, and there is no overlap.`
  const last = Math.max(...previous.map(keyEnd))
  const [signer, ...others] = live.filter(({ signs }) => signs)
  if (signer && others.length === 0)
    return html`${live.length} keys are live, but a message carries only one signature.
      <code>${signer.keyFingerprint}</code> signs alone until ${time(keyEnd(signer), now)}, and then the next
      key. The current key signs immediately if you revoke the previous keys.`
  const secrets = live.length === 2 ? 'either of them' : 'any of them'
  return html`${live.length} keys sign every message. The receiver can verify it with ${secrets}. After
  ${time(last, now)}, only the current key signs.`
}

function details(
  { keyFingerprint, state, signs, createdAt, createdBy, reason, sha256 }: Key,
  now: number,
): TemplateResult {
  const isLive = state === 'current' || state === 'previous'
  return html`
    <div>
      <p>
        <code class="fingerprint" title=${sha256 === null ? nothing : `SHA-256 ${sha256}`}
          >${keyFingerprint}</code
        >
        <span class="tag ${state}">${state}</span>
        ${isLive && !signs ? html`<span class="quiet">does not sign yet</span>` : nothing}
      </p>
      <p class="quiet">
        issued ${ago(createdAt, now)}${createdBy === null ? nothing : html` by <bdi>${createdBy}</bdi>`}
      </p>
      ${reason === null ? nothing : html`<p class="quiet"><bdi>${reason}</bdi></p>`}
    </div>
  `
}

function timeLeft(key: Key, now: number): TemplateResult {
  if (key.state === 'current') return html`<span class="quiet">does not expire</span>`
  const end = keyEnd(key)
  return html`
    <span class="digits countdown">${countdown(end - now)}</span>
    <span class="quiet">${key.signs ? 'signs' : 'live'} until ${time(end, now)}</span>
  `
}

function past(ended: readonly Key[], now: number): TemplateResult {
  return html`
    <details>
      <summary>${plural(ended.length, 'inactive key')}</summary>
      <ul class="keys alone">
        ${ended.map(
          (key) => html`
            <li>
              ${details(key, now)}
              <p class="left quiet">
                ${keyEnd(key) > now ? 'lost its secret' : html`ended ${time(keyEnd(key), now)}`}
              </p>
            </li>
          `,
        )}
      </ul>
    </details>
  `
}
