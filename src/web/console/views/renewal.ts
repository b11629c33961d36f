import { html, nothing, type TemplateResult } from 'lit-html'
import type { State } from '../state.ts'
import { time } from './time.ts'

/** Says that a session at the identity provider could not be renewed, and what follows. */
export function renewal({ session, now }: State): TemplateResult | typeof nothing {
  const { renewalProblem = null, renewAt = null, expiresAt = null } = session ?? {}
  if (renewalProblem === null || expiresAt === null) return nothing
  return html`
    <div class="notice bad" role="alert">
      <p><strong>Your session could not be renewed.</strong> ${renewalProblem}</p>
      <p>
        ${
          expiresAt <= now
            ? html`It ended ${time(expiresAt, now)}. Sign out, then sign in again.`
            : renewAt === null
              ? html`It ends ${time(expiresAt, now)}. Then sign in again.`
              : html`It ends ${time(expiresAt, now)}. Until then, the console tries again every few seconds.`
        }
      </p>
    </div>
  `
}
