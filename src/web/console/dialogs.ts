import type { components } from '../../client/client.ts'
import type { Fault } from './fault.ts'
import type { Problem } from './problem.ts'
import type { WebhookIds } from './route.ts'

type Schemas = components['schemas']

/** How long the old key stays live after a rotation. */
export interface OverlapChoice {
  /** NaN while the user enters an amount that the API does not accept. */
  overlapSeconds: number
  /** Whether the user enters an amount instead of choosing an offered one. */
  isOther: boolean
  /** Without effect if the overlap is 0. */
  endWhenProven: boolean
}

/** Whether a dialog's request is in progress, and why the last one failed. */
interface Sending {
  busy: boolean
  problem: Problem | null
}

/** A dialog that sends what the user enters. What a user types is only in its inputs. */
interface Form extends Sending {
  /** The input that the last attempt found wrong; null if it found none. */
  fault: Fault | null
}

/** Rotates to a new secret, or to one that the user enters. */
export interface RotateDialog extends Form {
  kind: 'rotate'
  webhook: WebhookIds
  imports: boolean
  overlap: OverlapChoice
}

/** Asks for the invitation's terms, then shows the link. */
export interface InviteDialog extends Sending {
  kind: 'invite'
  webhook: WebhookIds
  expiresInSeconds: number
  overlap: OverlapChoice
  /** The new invitation's link, which is available nowhere else; null until it is created. */
  link: { url: string; expiresAt: string; copied: boolean; copyFailed: boolean } | null
}

export interface RevokeDialog extends Sending {
  kind: 'revoke'
  webhook: WebhookIds
}

/** Creates an application, or edits one. */
export interface ApplicationDialog extends Form {
  kind: 'application'
  /** The application to edit; null to create one. */
  application: Schemas['Application'] | null
}

/** Creates a webhook, or edits one. */
export interface WebhookDialog extends Form {
  kind: 'webhook'
  applicationId: string
  /** The webhook to edit; null to create one. */
  webhook: Schemas['Webhook'] | null
  scheme: Schemas['SignatureScheme']
}

/** Deletes a webhook or a whole application. */
export interface DeleteDialog extends Form {
  kind: 'delete'
  applicationId: string
  /** Null to delete the application. */
  webhookId: string | null
  /** How many webhooks an application has; null if not known. */
  webhooks: number | null
}

/** Warns that an unsaved secret will be lost. */
export interface LeaveDialog {
  kind: 'leave'
  proceed: () => void
}

/** The open dialog and its choices. */
export type Dialog =
  RotateDialog | InviteDialog | RevokeDialog | ApplicationDialog | WebhookDialog | DeleteDialog | LeaveDialog
