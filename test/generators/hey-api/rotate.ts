import { createClient } from './client/client/index.js'
import { rotateWebhookSecret } from './client/index.js'

const client = createClient({
  baseUrl: process.env['REKEY_API'] ?? '',
  auth: process.env['REKEY_TOKEN'] ?? '',
})
const { data } = await rotateWebhookSecret({
  client,
  path: { applicationId: 'app_1', webhookId: 'hook_1' },
  body: { reason: 'hey-api' },
  throwOnError: true,
})
console.log(data.signingSecret)
