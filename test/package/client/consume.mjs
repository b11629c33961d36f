/** Rotates a secret, signs a message, verifies it, and gets one refusal. @returns what the test compares */
export async function consume({ createClient, RekeyApiError }, origin, token, name) {
  const rekey = createClient({
    baseUrl: origin,
    token,
    headers: { 'X-Request-Id': `of-${name}` },
    timeout: 20_000,
  })
  const params = { path: { applicationId: 'app_1', webhookId: 'hook_1' } }
  const webhook = '/applications/{applicationId}/webhooks/{webhookId}'
  const body = { overlapSeconds: 0, reason: name }
  const { data: rotated } = await rekey.PATCH(`${webhook}/secret`, { params, body })
  const payload = '{"type":"order.paid"}'
  const { data: signed } = await rekey.POST(`${webhook}/signatures`, { params, body: { payload } })
  const { headers } = signed
  const { data: verified } = await rekey.POST(`${webhook}/signatures/verify`, {
    params,
    body: { payload, headers },
  })
  const other = { path: { applicationId: 'another' } }
  const refusal = await rekey.GET('/applications/{applicationId}', { params: other }).catch((error) => error)
  return {
    signingSecret: rotated.signingSecret,
    valid: verified.valid,
    refused: refusal instanceof RekeyApiError && refusal.status,
    requestId: refusal.requestId,
  }
}
