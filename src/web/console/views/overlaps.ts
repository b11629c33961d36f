import { html, type TemplateResult } from 'lit-html'
import { roughly } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { openOverlaps, type OpenOverlap } from '../attention.ts'
import { address } from '../route.ts'
import type { State } from '../state.ts'
import { count, none, rows, section, shownItems } from './attention.ts'
import { loaded } from './loaded.ts'
import { time } from './time.ts'

/** Lists the open overlaps, the one that ends first at the top. */
export function overlaps(state: State, actions: Actions): TemplateResult {
  const { previousKeys, now } = state
  const { keys, isComplete } =
    previousKeys.is === 'done' ? previousKeys.value : { keys: [], isComplete: false }
  const open = openOverlaps(keys)
  return section(
    'overlaps',
    'Open overlaps',
    open.length > 0 ? count(open.length, isComplete) : null,
    loaded(previousKeys, state, actions, () =>
      open.length === 0
        ? none('No overlap is open.', isComplete)
        : rows(
            open,
            (overlap) => ({ ...overlap, what: receiver(overlap), when: end(overlap, now) }),
            `${isComplete ? 'These' : `Of the ${count(open.length, true)} that this page has read, these`} ${shownItems} end first.`,
            { isComplete, of: (applicationId) => address.application(applicationId, { state: 'overlap' }) },
          ),
    ),
  )
}

function receiver({ isProven }: OpenOverlap): TemplateResult {
  return isProven
    ? html`<span class="tag good">receiver proven</span> can be ended now`
    : html`<span class="tag previous">not proven yet</span>`
}

function end({ endsAt }: OpenOverlap, now: number): TemplateResult {
  const left = endsAt - now
  if (left <= 0) return html`ended ${time(endsAt, now)}`
  return html`ends ${time(endsAt, now)}, in <span class="digits">${roughly(left)}</span>`
}
