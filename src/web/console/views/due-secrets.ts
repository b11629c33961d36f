import { html, type TemplateResult } from 'lit-html'
import { roughly } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { address, type Age } from '../route.ts'
import type { State } from '../state.ts'
import { count, rows, section } from './attention.ts'
import { loaded } from './loaded.ts'
import { time } from './time.ts'

/** Lists the current secrets that are older than the chosen age, oldest first. */
export function dueSecrets(state: State, olderThan: Age, actions: Actions): TemplateResult {
  const { dueKeys, now } = state
  const due = dueKeys.is === 'done' ? dueKeys.value.keys : []
  const total = dueKeys.is === 'done' ? count(due, dueKeys.value.isComplete) : null
  return section(
    'due',
    `Secrets older than ${olderThan} days`,
    due.length > 0 ? total : null,
    loaded(dueKeys, state, actions, () =>
      due.length === 0
        ? html`<p class="quiet">No current secret is older than ${olderThan} days.</p>`
        : rows(
            due,
            (key) => ({
              ...key,
              what: html`<code>${key.keyFingerprint}</code>`,
              when: html`${roughly(now - Date.parse(key.createdAt))} old, issued ${time(key.createdAt, now)}`,
            }),
            (applicationId) => address.application(applicationId, { olderThan, sort: 'keyCreatedAt' }),
          ),
    ),
  )
}
