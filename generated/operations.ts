// Made by `npm run generate` from openapi/. Never edited.
import type { Operations } from '../src/operations/shared/operation.ts'
import { deleteApplication } from '../src/operations/deleteApplication.ts'
import { deleteWebhook } from '../src/operations/deleteWebhook.ts'
import { getApplication } from '../src/operations/getApplication.ts'
import { getWebhook } from '../src/operations/getWebhook.ts'
import { getWebhookSecret } from '../src/operations/getWebhookSecret.ts'
import { listApplications } from '../src/operations/listApplications.ts'
import { listEvents } from '../src/operations/listEvents.ts'
import { listWebhooks } from '../src/operations/listWebhooks.ts'
import { probeReceiver } from '../src/operations/probeReceiver.ts'
import { putApplication } from '../src/operations/putApplication.ts'
import { putWebhook } from '../src/operations/putWebhook.ts'
import { revokePreviousSecrets } from '../src/operations/revokePreviousSecrets.ts'
import { rotateWebhookSecret } from '../src/operations/rotateWebhookSecret.ts'
import { signMessage } from '../src/operations/signMessage.ts'
import { verifyMessage } from '../src/operations/verifyMessage.ts'

/** The handler of every operation of the document, by its operationId. */
export const operations: Operations = {
  deleteApplication,
  deleteWebhook,
  getApplication,
  getWebhook,
  getWebhookSecret,
  listApplications,
  listEvents,
  listWebhooks,
  probeReceiver,
  putApplication,
  putWebhook,
  revokePreviousSecrets,
  rotateWebhookSecret,
  signMessage,
  verifyMessage,
}
