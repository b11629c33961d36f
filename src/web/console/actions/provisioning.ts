import type { ApplicationDialog, DeleteDialog, WebhookDialog } from '../dialogs.ts'
import { address } from '../route.ts'
import { schemes, type SchemeName } from '../schemes.ts'
import type { Application, Webhook } from '../state.ts'
import type { Context } from './attempt.ts'
import type { Pages } from './pages.ts'
import { save, type Failure } from './saving.ts'

const applicationPath = '/applications/{applicationId}'
const webhookPath = '/applications/{applicationId}/webhooks/{webhookId}'

type ProvisioningDialog = ApplicationDialog | WebhookDialog | DeleteDialog

/** Creates the actions that create, edit and delete applications and webhooks. */
export function createProvisioning(context: Context, pages: Pages) {
  const { store, client, attempt } = context
  const idle = { busy: false, problem: null, fault: null }

  /** @param application the application to edit; null to create one */
  function openApplicationForm(application: Application | null): void {
    store.set({ dialog: { kind: 'application', application, ...idle } })
  }

  /** @param webhook the webhook to edit; null to create one */
  function openWebhookForm(applicationId: string, webhook: Webhook | null): void {
    const scheme = webhook?.signatureScheme ?? 'standard-webhooks'
    store.set({ dialog: { kind: 'webhook', applicationId, webhook, scheme, ...idle } })
  }

  /** @param webhookId the webhook to delete; null to delete the application */
  function openDeletion(applicationId: string, webhookId: string | null): void {
    store.set({ dialog: { kind: 'delete', applicationId, webhookId, webhooks: null, ...idle } })
    if (webhookId === null) void countWebhooks(applicationId)
  }

  async function countWebhooks(applicationId: string): Promise<void> {
    const params = { path: { applicationId }, query: { limit: 1, total: true } }
    const page = await attempt({ what: 'list webhooks', scope: 'webhooks:read' }, () =>
      client.GET(`${applicationPath}/webhooks`, { params }),
    )
    const { dialog } = store.get()
    if (page.is === 'done' && dialog?.kind === 'delete' && dialog.applicationId === applicationId)
      store.set({ dialog: { ...dialog, webhooks: page.value.data.total ?? null } })
  }

  function chooseScheme(scheme: SchemeName): void {
    const { dialog } = store.get()
    if (dialog?.kind === 'webhook') store.set({ dialog: { ...dialog, scheme, fault: null } })
  }

  /**
   * Sends a dialog's requests. If they succeed, closes the dialog and shows the saved state, or the page `next`. A user
   * who has opened another page, which closes the dialog, stays there.
   */
  async function send(
    asked: ProvisioningDialog,
    next: string | null,
    work: () => Promise<Failure | null>,
  ): Promise<void> {
    const { route } = store.get()
    store.set({ dialog: { ...asked, ...idle, busy: true } })
    const failure = await work()
    if (store.get().route !== route || !store.get().session) return
    store.set({ dialog: failure && { ...asked, ...idle, ...failure } })
    if (failure) return
    if (next === null) pages.reload()
    else location.hash = next
  }

  function saveApplication(asked: ApplicationDialog, id: string, name: string): Promise<void> {
    const { application: known } = asked
    const params = { path: { applicationId: known?.id ?? id } }
    const body = { name: name || null }
    return send(asked, known ? null : address.application(id), () =>
      save(context, {
        kind: 'application',
        id: params.path.applicationId,
        known,
        fields: ['name'],
        read: () => client.GET(applicationPath, { params }),
        write: () => client.PUT(applicationPath, { params, body }),
      }),
    )
  }

  function saveWebhook(
    asked: WebhookDialog,
    id: string,
    { url, description, header }: { url: string; description: string; header: string },
  ): Promise<void> {
    const { applicationId, webhook: known, scheme } = asked
    const params = { path: { applicationId, webhookId: known?.id ?? id } }
    const body = {
      url,
      description: description || null,
      signatureScheme: scheme,
      // If omitted, a webhook keeps the header that it has, even if the scheme changes.
      ...(schemes[scheme].headerMayChange && { signatureHeader: header || schemes[scheme].header }),
    }
    return send(asked, known ? null : address.webhook(params.path), () =>
      save(context, {
        kind: 'webhook',
        id: params.path.webhookId,
        known,
        fields: ['url', 'description', 'signatureHeader'],
        read: () => client.GET(webhookPath, { params }),
        write: () => client.PUT(webhookPath, { params, body }),
      }),
    )
  }

  /** @param confirmation the ID as the user typed it */
  function remove(asked: DeleteDialog, confirmation: string): Promise<void> {
    const { applicationId, webhookId } = asked
    const next = webhookId === null ? address.applications() : address.application(applicationId)
    return send(asked, next, async () => {
      const id = webhookId ?? applicationId
      if (confirmation !== id) return { fault: { field: 'confirmation', text: `Type ${id} to confirm.` } }
      const removed =
        webhookId === null
          ? await attempt({ what: 'delete this application', scope: 'applications:write' }, () =>
              client.DELETE(applicationPath, { params: { path: { applicationId } } }),
            )
          : await attempt({ what: 'delete this webhook', scope: 'webhooks:write' }, () =>
              client.DELETE(webhookPath, { params: { path: { applicationId, webhookId } } }),
            )
      return removed.is === 'failed' ? { problem: removed.problem } : null
    })
  }

  return {
    openApplicationForm,
    openWebhookForm,
    openDeletion,
    chooseScheme,
    saveApplication,
    saveWebhook,
    remove,
  }
}
