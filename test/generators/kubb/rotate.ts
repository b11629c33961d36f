import { rotateWebhookSecret } from './client/index.ts'

const { signingSecret } = await rotateWebhookSecret('app_1', 'hook_1', { reason: 'kubb' }, undefined, {
  baseURL: process.env['REKEY_API'] ?? '',
  // Kubb's client sends JSON but does not set the content type.
  headers: { authorization: `Bearer ${process.env['REKEY_TOKEN']}`, 'content-type': 'application/json' },
})
console.log(signingSecret)
