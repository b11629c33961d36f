const client = require('rekey-client')

test('rotates a secret', async () => {
  const { ORIGIN, TOKEN, NAME } = process.env
  const params = { path: { applicationId: 'app_1', webhookId: 'hook_1' } }
  const rekey = client.createClient({ baseUrl: ORIGIN, token: TOKEN })
  const { data } = await rekey.PATCH('/applications/{applicationId}/webhooks/{webhookId}/secret', {
    params,
    body: { overlapSeconds: 0, reason: NAME },
  })
  expect(data.signingSecret).toMatch(/^whsec_/)
  await expect(
    rekey.GET('/applications/{applicationId}', { params: { path: { applicationId: 'another' } } }),
  ).rejects.toBeInstanceOf(client.RekeyApiError)
})
