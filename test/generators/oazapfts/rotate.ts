import { defaults, rotateWebhookSecret } from './client.js'

defaults.baseUrl = process.env['REKEY_API'] ?? ''
defaults.headers = { authorization: `Bearer ${process.env['REKEY_TOKEN']}` }
const answer = await rotateWebhookSecret('app_1', 'hook_1', { reason: 'oazapfts' })
if (answer.status !== 200) throw new Error(answer.data.message)
console.log(answer.data.signingSecret)
