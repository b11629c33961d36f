import { withStore } from './command-context.ts'
import { untilInterrupted } from './interruption.ts'
import { createProgress } from './progress.ts'
import { runAll } from './run-all.ts'
import { selectWebhooks, type Selected } from './select-webhooks.ts'
import type { Selection } from './selection.ts'
import { warn } from './warn.ts'
import type { Environment } from '../../config/config.ts'
import { linkBaseOf } from './link-base.ts'
import type { OperationId } from '../../core/core.ts'
import { openCore } from '../../core/open-core.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import type { OperationResponse } from '../../operations/shared/operation.ts'

/** Maximum number of operations in progress: as many as one application may have probes. */
const concurrency = 8

export interface Execution<Id extends OperationId> {
  selection: (now: number) => Selection
  operationId: Id
  body?: object
  /** The actor in the audit trail, such as `rekey probe`. */
  actor: string
  /** Maximum number of operations per second; 0 means no limit. */
  rate: number
  /** What the progress line counts. */
  counted: string
  /**
   * Called before the first operation.
   * @returns whether to leave out a selected webhook
   */
  begin?: (selected: Selected) => (owner: KeyOwner) => boolean
}

type BodyOf<Id extends OperationId> = Extract<OperationResponse<Id>, { status: 200 | 201 }>['body']

export interface Outcome extends Selected {
  failed: (KeyOwner & { message: string })[]
  /** Number of webhooks left, because the run was interrupted. */
  remaining: number
}

/**
 * Executes an operation of the API for each selected webhook that has a secret. A failure does not stop the others.
 * @param onResponse called with the JSON body of each response
 */
export function executeForEach<Id extends OperationId>(
  environment: Environment,
  { selection, operationId, body, actor, rate, counted, begin }: Execution<Id>,
  onResponse: (owner: KeyOwner, body: BodyOf<Id>) => void,
): Promise<Outcome> {
  return withStore(environment, async (context) => {
    const { config, store, deadline } = context
    const core = await openCore(config, { logger: { info: () => undefined, warn, error: warn } })
    try {
      const selected = await selectWebhooks(context, selection(store.now()))
      const isLeftOut = begin?.(selected) ?? (() => false)
      const webhooks = selected.webhooks.filter((webhook) => !isLeftOut(webhook))
      const outcome: Outcome = { ...selected, failed: [], remaining: webhooks.length }
      const progress = createProgress(counted)
      const execute = async ({ applicationId, webhookId }: KeyOwner) => {
        const owner = { applicationId, webhookId }
        const call = {
          operationId,
          input: { path: owner, query: {}, header: {}, body } as never,
          caller: { subject: actor, identity: actor, applications: '*' as const },
          requestId: null,
          publicUrl: linkBaseOf(config),
        }
        try {
          const response = await core.execute(call, deadline())
          onResponse(owner, JSON.parse(response.body ?? 'null') as BodyOf<Id>)
        } catch (error) {
          outcome.failed.push({ ...owner, message: error instanceof Error ? error.message : String(error) })
        }
        outcome.remaining -= 1
        progress.show(webhooks.length - outcome.remaining, webhooks.length)
        return true
      }
      try {
        await untilInterrupted((signal) => runAll(webhooks, { rate, concurrency, signal }, execute))
      } finally {
        progress.end()
      }
      return outcome
    } finally {
      await core.close()
    }
  })
}
