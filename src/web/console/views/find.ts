import { html, nothing, type TemplateResult } from 'lit-html'
import { noun, plural } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { address } from '../route.ts'
import type { Found, ListedKey, State } from '../state.ts'
import { problem } from './problem.ts'
import { ago, time } from './time.ts'

/** Renders the page that finds the webhooks of a pasted secret. */
export function find(state: State, actions: Actions): TemplateResult {
  return html`
    <h1 tabindex="-1">Whose secret is this?</h1>
    <p class="lead">Paste a secret that leaked. This page finds the webhook that signs or signed with it.</p>
    ${canHash() ? form(actions) : withoutHash()} ${state.found ? outcome(state.found, state.now) : nothing}
  `
}

/** Browsers offer hashing only on HTTPS and on this machine. Its type says that it is always there. */
function canHash(): boolean {
  return (crypto as Partial<Crypto>).subtle !== undefined
}

function form(actions: Actions): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const input = form.elements.namedItem('secret') as HTMLInputElement
    // A copied secret often comes with a space or a line break, and no secret contains one.
    const secret = input.value.trim()
    form.reset()
    if (secret !== '') void actions.findSecret(secret)
  }
  return html`
    <form class="find" @submit=${submit}>
      <label for="secret">Secret</label>
      <div class="field-and-button">
        <!-- Not type="password", because browsers would offer to store the secret. -->
        <input
          id="secret"
          class="masked"
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          required
          aria-describedby="secret-help"
        />
        <button class="primary">Find its webhook</button>
      </div>
      <p class="quiet" id="secret-help">
        The secret does not leave this browser. The page sends only its SHA-256.
      </p>
    </form>
  `
}

function withoutHash(): TemplateResult {
  return html`
    <div class="notice bad">
      <p>
        <strong>This page cannot hash the secret here.</strong> Browsers allow that only over HTTPS, or at
        <code>localhost</code>, and this page came over plain HTTP. Do not paste the secret.
      </p>
      <p>Open the console over HTTPS, or compute the hash in a terminal and send it yourself:</p>
      <pre tabindex="0"><code>read -rs LEAKED; HASH=$(printf %s "$LEAKED" | sha256sum | cut -c1-64)
curl "${new URL('api/v1/keys', location.href).href}?sha256=$HASH" -H "Authorization: Bearer $TOKEN"</code></pre>
    </div>
  `
}

function outcome(found: NonNullable<State['found']>, now: number): TemplateResult {
  if (found.is === 'loading') return html`<p class="quiet">Searching…</p>`
  if (found.is === 'failed') return problem(found.problem, now)
  return found.value.keys.length === 0 ? nothingFound(found.value) : results(found.value, now)
}

function results({ keys, sha256 }: Found, now: number): TemplateResult {
  const isLive = keys.some(({ state }) => state === 'current' || state === 'previous')
  const one = noun(keys.length, 'the webhook', 'each webhook')
  return html`
    <h2>${plural(keys.length, 'key has', 'keys have')} this secret</h2>
    <p>
      ${
        isLive
          ? `Anyone who has it can forge messages. Open ${one} and rotate the secret.`
          : `Rekey no longer signs with it. Open ${one} and probe that the receiver refuses it.`
      }
    </p>
    <ul class="cards">
      ${keys.map((key) => card(key, now))}
    </ul>
    <p class="quiet url">SHA-256 <code>${sha256}</code></p>
  `
}

function card(key: ListedKey, now: number): TemplateResult {
  const { applicationId, webhookId, keyFingerprint, state, createdAt, createdBy } = key
  const end = key.revokedAt ?? key.expiresAt
  return html`
    <li class="card found-card">
      <div>
        <a class="whole" href=${address.webhook({ applicationId, webhookId })}
          ><strong>${webhookId}</strong></a
        >
        <p class="quiet url">in ${applicationId}</p>
      </div>
      <div>
        <p><code>${keyFingerprint}</code> <span class="tag ${state}">${state}</span></p>
        <p class="quiet">
          issued
          ${ago(createdAt, now)}${createdBy === null ? nothing : html` by <bdi>${createdBy}</bdi>`}${
            end === null
              ? nothing
              : html` · ${Date.parse(end) > now ? 'signs until' : 'ended'} ${time(end, now)}`
          }
        </p>
      </div>
    </li>
  `
}

function nothingFound({ sha256 }: Found): TemplateResult {
  return html`
    <div class="empty">
      <p><strong>No key that this token can read has this secret.</strong></p>
      <p>
        Check that you pasted all of it, with <code>whsec_</code> if it has that, and that the token covers
        every application. An imported secret that is not <code>whsec_</code> and base64 cannot be found once
        it is erased, a day after its key ended.
      </p>
      <p class="quiet url">SHA-256 <code>${sha256}</code></p>
    </div>
  `
}
