import { html, nothing, type TemplateResult } from 'lit-html'
import { roughly } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { failures, knownSince, recentMs, type Failure } from '../attention.ts'
import type { State } from '../state.ts'
import { verdicts } from '../verdicts.ts'
import { count, none, rows, section, shownItems } from './attention.ts'
import { partProblem } from './problem.ts'
import { time } from './time.ts'

/** Lists what failed in the last days. Explains what the token or the server does not let it read. */
export function recentFailures(state: State, actions: Actions): TemplateResult {
  const { lostKeys, failedEvents, now } = state
  const parts = [lostKeys, failedEvents]
  const lost = lostKeys.is === 'done' ? lostKeys.value : { keys: [], isComplete: false }
  const events = failedEvents.is === 'done' ? failedEvents.value : []
  const failed = failures(lost.keys, events, now)
  const isLoading = parts.some(({ is }) => is === 'loading')
  const isRead = parts.every(({ is }) => is === 'done')
  const since = knownSince(events, now)
  const total = count(failed.length, isRead && lost.isComplete && since === now - recentMs)
  return section(
    'failed',
    'Recent failures',
    failed.length > 0 ? total : null,
    html`
      ${parts.map((part) => (part.is === 'failed' ? partProblem(part.problem, state, actions.reload) : nothing))}
      ${
        failed.length > 0
          ? rows(
              failed,
              (failure) => ({
                ...failure,
                what: what(failure),
                when: html`${failure.kind === 'lost' ? 'issued ' : nothing}${time(failure.at, now)}`,
              }),
              `These are ${shownItems} of ${total}: lost secrets first, then the newest failures.`,
            )
          : isLoading
            ? html`<p class="quiet">Loading…</p>`
            : isRead
              ? none(`Nothing failed in the last ${roughly(now - since)}.`, lost.isComplete)
              : nothing
      }
    `,
  )
}

function what({ kind, detail }: Failure): TemplateResult {
  switch (kind) {
    case 'lost':
      return html`<span class="tag failed">secret lost</span> <code>${detail}</code> cannot sign`
    case 'expired':
      return html`<span class="tag failed">overlap expired</span> the receiver was not proven in time`
    case 'unproven':
      return html`<span class="tag failed">probe failed</span> ${finding(detail)}`
  }
}

/** Says in words what was wrong first. @param summary the summary in the audit trail, as in `current refused` */
function finding(summary: string): string {
  const [, signer, verdict] = /(current(?= (?!accepted))|random(?= (?!refused))) (\w+)/.exec(summary) ?? []
  const words: Partial<Record<string, string>> = verdicts
  return signer && verdict ? `${signer} key: ${words[verdict] ?? verdict}` : summary
}
