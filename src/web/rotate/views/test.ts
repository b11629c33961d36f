import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions.ts'
import type { Invitation, Probe, State } from '../state.ts'
import { nameOf } from '../words.ts'
import { problem } from './problem.ts'

/** Lets the reader test whether the receiver accepts the new secret. */
export function test(invitation: Invitation, { probe, now }: State, actions: Actions): TemplateResult {
  const { probesLeft, receiverOrigin } = invitation
  const name = nameOf(invitation)
  const isBusy = probe === 'running'
  return html`
    <section aria-labelledby="test-title">
      <h2 id="test-title">Test it</h2>
      <p>
        Once your receiver has the new ${name}, Rekey sends two harmless messages to
        <code>${receiverOrigin}</code>. It should accept the one signed with the new key, and refuse the one
        with a random signature.
      </p>
      ${typeof probe === 'object' ? ('done' in probe ? result(probe.done, name) : problem(probe.failed, now)) : nothing}
      <p class="buttons">
        <button type="button" aria-disabled=${isBusy || probesLeft === 0} @click=${actions.probe}>
          ${isBusy ? 'Testing…' : typeof probe === 'object' ? 'Test again' : 'Test the receiver'}
        </button>
        <span class="quiet">${left(probesLeft)}</span>
      </p>
    </section>
  `
}

function left(probes: number): string {
  if (probes === 0) return 'No tests left. The sender can test your receiver at any time.'
  return `${probes} test${probes === 1 ? '' : 's'} left`
}

function result({ proven, messages }: Probe, name: string): TemplateResult {
  return html`
    <div class="notice ${proven ? 'good' : 'bad'}">
      <p>
        ${
          proven
            ? html`<strong>It works.</strong> Your receiver accepts the new ${name}, and refuses a wrong one.`
            : html`<strong>Not yet.</strong> ${advice(messages, name)}`
        }
      </p>
      <ul>
        ${messages.map(
          ({ signedWith, expected, verdict, status }) => html`
            <li>
              <span class=${verdict === expected ? 'good' : 'bad'}>${verdict === expected ? '✓' : '✗'}</span>
              ${signedWith === 'random' ? 'With a random signature' : 'Signed with the new key'}:
              <strong>${verdicts[verdict]}</strong>${status === null ? '' : ` (HTTP ${status})`}
            </li>
          `,
        )}
      </ul>
    </div>
  `
}

type Message = Probe['messages'][number]

function advice(messages: readonly Message[], name: string): string {
  const verdictOn = (key: Message['signedWith']) =>
    messages.find(({ signedWith }) => signedWith === key)?.verdict
  if (verdictOn('random') === 'accepted')
    return 'Your receiver accepted a message with a random signature, so it does not verify signatures, or not all of them.'
  if (verdictOn('current') === 'refused')
    return `Your receiver refused a message signed with the new key. Check that it has the new ${name}, restart it if it reads it only at its start, and test again.`
  return 'Your receiver gave no clear answer. The old one still works as described above; test again once the receiver is reachable.'
}

const verdicts: Record<Message['verdict'], string> = {
  accepted: 'accepted',
  refused: 'refused',
  inconclusive: 'neither accepted nor refused',
  timed_out: 'no response in time',
  no_answer: 'no response, the connection failed',
  tls_failed: 'not sent, the TLS handshake failed',
  unresolved: 'not sent, the host name was not found',
  url_refused: 'not sent, Rekey may not connect to this address',
  no_previous_secret: 'not sent',
}
