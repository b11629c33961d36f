import { copyText } from '../../shared/copy-text.ts'
import type { InviteDialog } from '../dialogs.ts'
import { defaultOverlap, toOverlapInput } from '../overlap.ts'
import { isSamePage, type WebhookIds } from '../route.ts'
import type { Context } from './attempt.ts'
import type { Pages } from './pages.ts'

const invitations = '/applications/{applicationId}/webhooks/{webhookId}/secret/invitations'

/** Creates the actions that create and revoke invitations. */
export function createInviting({ store, client, attempt }: Context, pages: Pages) {
  /** Changes the webhook's dialog, unless the user has left it, and perhaps opened that of another webhook. */
  function change(webhook: WebhookIds, change: Partial<InviteDialog>): void {
    const { dialog } = store.get()
    if (dialog?.kind === 'invite' && dialog.webhook === webhook)
      store.set({ dialog: { ...dialog, ...change } })
  }

  function openInvitation(webhook: WebhookIds): void {
    const asked = { expiresInSeconds: 259_200, overlap: defaultOverlap }
    store.set({ dialog: { kind: 'invite', webhook, ...asked, busy: false, problem: null, link: null } })
  }

  function chooseExpiry(expiresInSeconds: number): void {
    const { dialog } = store.get()
    if (dialog?.kind === 'invite') change(dialog.webhook, { expiresInSeconds })
  }

  async function invite({ webhook, expiresInSeconds, overlap }: InviteDialog, reason: string): Promise<void> {
    change(webhook, { busy: true, problem: null })
    const terms = { expiresInSeconds, ...toOverlapInput(overlap) }
    const body = { ...terms, ...(reason.trim() !== '' && { reason: reason.trim() }) }
    const outcome = await attempt({ what: 'invite someone', scope: 'secrets:rotate' }, () =>
      client.POST(invitations, { params: { path: webhook }, body }),
    )
    if (outcome.is === 'failed') {
      change(webhook, { busy: false, problem: outcome.problem })
      return
    }
    const { url, expiresAt } = outcome.value.data
    change(webhook, { busy: false, link: { url, expiresAt, copied: false, copyFailed: false } })
    store.set({ announcement: 'The invitation was created.' })
    pages.reload()
  }

  async function copyLink({ webhook, link }: InviteDialog): Promise<void> {
    if (!link) return
    const copied = await copyText(link.url)
    change(webhook, { link: { ...link, copied: copied || link.copied, copyFailed: !copied } })
    if (copied) store.set({ announcement: 'The link was copied.' })
  }

  async function revokeInvitation(webhook: WebhookIds, invitationId: string): Promise<void> {
    const outcome = await attempt({ what: 'revoke this invitation', scope: 'secrets:rotate' }, () =>
      client.DELETE(`${invitations}/{invitationId}`, { params: { path: { ...webhook, invitationId } } }),
    )
    if (!isSamePage(store.get().route, { page: 'webhook', ...webhook })) return
    const announcement = outcome.is === 'done' ? 'The invitation was revoked.' : outcome.problem.title
    store.set({ invitationProblem: outcome.is === 'failed' ? outcome.problem : null, announcement })
    pages.reload()
  }

  return { openInvitation, chooseExpiry, invite, copyLink, revokeInvitation }
}
