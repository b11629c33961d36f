import { html, type TemplateResult } from 'lit-html'
import type { Invitation } from '../state.ts'
import { carriesOneSignature, moment, nameOf } from '../words.ts'

/** Says how long the old secret works, and that it ends automatically. @param now milliseconds since 1970 */
export function oldSecret(invitation: Invitation, now: number): TemplateResult {
  const { usedAt, overlapSeconds, endWhenProven, signatureScheme } = invitation
  const name = nameOf(invitation)
  const end = (usedAt === null ? now : Date.parse(usedAt)) + overlapSeconds * 1_000
  const time = html`<time datetime=${new Date(end).toISOString()}>${moment(end)}</time>`
  return html`
    <section aria-labelledby="switch-title">
      <h2 id="switch-title">Switch your receiver</h2>
      ${
        end <= now
          ? html`<p>
              The old ${name} stopped working at the latest on ${time}. Messages are signed with the new one
              only.
            </p>`
          : html`
              <p>
                ${
                  endWhenProven
                    ? html`Rekey now tests your receiver from time to time. As soon as it has proven that the
                        new ${name} is in use, the old one stops working, and at the latest on
                        <strong>${time}</strong>. You need not press anything for that.`
                    : html`The old ${name} stops working automatically on <strong>${time}</strong>, unless the
                        sender ends it earlier. You need not do anything for that.`
                }
              </p>
              <p>
                ${
                  carriesOneSignature(signatureScheme)
                    ? 'Until then, messages are signed with the old secret, and after that with the new one. If your receiver can hold two secrets, add the new one now; otherwise, switch at that time.'
                    : 'Until then, each message carries a signature of both, so nothing is lost while you switch. If there was no old one, only the new one signs.'
                }
              </p>
            `
      }
    </section>
  `
}
