import type { JwtConfig } from '../../config/config.ts'
import { signToken } from '../token.ts'

const exampleId = 'example_string'
const tokenSeconds = 3_600

/**
 * Provisions the example of the reference page through the API, and prints a curl command that rotates
 * its secret, and where the console is. Only for a server that is not in production: the command
 * contains a token.
 */
export async function provisionExample(origin: string, jwt: JwtConfig): Promise<void> {
  const webhook = `${origin}/api/v1/applications/${exampleId}/webhooks/${exampleId}`
  if (jwt.keys.kind !== 'secret') return
  const token = await signToken(jwt, {
    subject: 'developer',
    scopes: [],
    applications: [exampleId],
    expiresInSeconds: tokenSeconds,
  })
  await put(`${origin}/api/v1/applications/${exampleId}`, { name: 'Example application' }, token)
  await put(webhook, { url: 'https://example.com/webhooks' }, token)
  process.stdout.write(`
Rekey is ready. Rotate the example's signing secret (the token is valid for an hour):

curl -X PATCH "${webhook}/secret" \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer ${token}"

Or in the console, with the same token: ${origin}/console

`)
}

async function put(url: string, body: unknown, token: string): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  if (!response.ok)
    throw new Error(`the example was not provisioned: ${response.status} ${await response.text()}`)
}
