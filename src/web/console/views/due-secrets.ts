import { html, type TemplateResult } from 'lit-html'
import { roughly } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { address, type Age } from '../route.ts'
import type { State } from '../state.ts'
import { count, none, rows, section, shownItems } from './attention.ts'
import { loaded } from './loaded.ts'
import { time } from './time.ts'

/** Lists the current secrets that are older than the chosen age, oldest first. */
export function dueSecrets(state: State, olderThan: Age, actions: Actions): TemplateResult {
  const { dueKeys, now } = state
  const { keys: due, isComplete } = dueKeys.is === 'done' ? dueKeys.value : { keys: [], isComplete: false }
  return section(
    'due',
    `Secrets older than ${olderThan} days`,
    due.length > 0 ? count(due.length, isComplete) : null,
    loaded(dueKeys, state, actions, () =>
      due.length === 0
        ? none(`No current secret is older than ${olderThan} days.`, isComplete)
        : rows(
            due,
            (key) => ({
              ...key,
              what: html`<code>${key.keyFingerprint}</code>`,
              when: html`${roughly(now - Date.parse(key.createdAt))} old, issued ${time(key.createdAt, now)}`,
            }),
            `These ${shownItems} are the oldest.`,
            {
              isComplete,
              of: (applicationId) => address.application(applicationId, { olderThan, sort: 'keyCreatedAt' }),
            },
          ),
    ),
  )
}
