import { rotateWebhookSecret } from './client.js'

const answer = await rotateWebhookSecret(
  'app_1',
  'hook_1',
  { reason: 'orval' },
  { headers: { authorization: `Bearer ${process.env['REKEY_TOKEN']}` } },
)
if (answer.status !== 200) throw new Error(answer.data.message)
console.log(answer.data.signingSecret)
