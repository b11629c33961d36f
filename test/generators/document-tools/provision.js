// Before each request, Postman recreates the resources in the document's examples, because an earlier request may
// have deleted them.
const send = (method, path, body) =>
  new Promise((resolve, reject) => {
    const request = {
      url: `${pm.variables.get('baseUrl')}${path}`,
      method,
      header: {
        Authorization: `Bearer ${pm.variables.get('bearerToken')}`,
        'Content-Type': 'application/json',
      },
      body: { mode: 'raw', raw: JSON.stringify(body) },
    }
    pm.sendRequest(request, (error, response) => (error ? reject(error) : resolve(response.json())))
  })

const provision = async () => {
  const webhook = '/applications/example_string/webhooks/example_string'
  await send('PUT', '/applications/example_string', {})
  const { liveKeys } = await send('PUT', webhook, { url: 'https://merchant.example/webhooks' })
  if (liveKeys === 0) await send('PATCH', `${webhook}/secret`, {})
  if (!pm.request.url.toString().includes('invitation')) return
  const { id, url } = await send('POST', `${webhook}/secret/invitations`, { expiresInSeconds: 600 })
  pm.variables.set('invitationId', id)
  pm.variables.set('invitationToken', url.slice(url.indexOf('#') + 1))
}

provision()
