import type { KeyOwner } from '../../src/domain/signing-key.ts'
import { token } from './tokens.ts'

/** Creates an application with `count` webhooks on a server in another process. Safe to repeat. */
export async function provisionWebhooks(
  origin: string,
  count: number,
  applicationId = 'app_1',
): Promise<KeyOwner[]> {
  const put = async (path: string, body: object) => {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`PUT ${path} returned ${response.status}: ${await response.text()}`)
  }
  const webhooks = Array.from({ length: count }, (_, i) => ({
    applicationId,
    webhookId: `hook_${i + 1}`,
  }))
  await put(`/applications/${applicationId}`, {})
  for (const { webhookId } of webhooks)
    await put(`/applications/${applicationId}/webhooks/${webhookId}`, {
      url: 'https://merchant.example/webhooks',
    })
  return webhooks
}
