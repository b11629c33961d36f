import { Api } from './client.js'

const { applications } = new Api({
  baseUrl: process.env['REKEY_API'] ?? '',
  securityWorker: () => ({ headers: { authorization: `Bearer ${process.env['REKEY_TOKEN']}` } }),
})
const { data } = await applications.rotateWebhookSecret('app_1', 'hook_1', {
  reason: 'swagger-typescript-api',
})
console.log(data.signingSecret)
