import { isSamePage, type WebhookIds } from '../route.ts'
import type { Context } from './attempt.ts'
import type { Pages } from './pages.ts'

/** Creates the action that probes the receiver and stores the result. */
export function createProbing({ store, client, attempt }: Context, pages: Pages) {
  return {
    async probe(
      path: WebhookIds,
      body: { endOverlap?: boolean; expectPreviousRefused?: boolean } = {},
    ): Promise<void> {
      store.set({ probe: { is: 'loading' }, announcement: 'Probing the receiver.' })
      const outcome = await attempt({ what: 'probe the receiver', scope: 'secrets:rotate' }, () =>
        client
          .POST('/applications/{applicationId}/webhooks/{webhookId}/probes', { params: { path }, body })
          .then(({ data }) => data),
      )
      if (!isSamePage(store.get().route, { page: 'webhook', ...path })) return
      store.set({
        probe: outcome,
        announcement: outcome.is === 'failed' ? outcome.problem.title : verdict(outcome.value.proven),
      })
      pages.reload()
    },
  }
}

function verdict(proven: boolean): string {
  return proven ? 'The receiver is proven.' : 'The receiver is not proven.'
}
