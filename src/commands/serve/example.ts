import { scopes } from '../../../generated/scopes.ts'
import type { Config } from '../../config/config.ts'
import { readsOwnRights, signToken } from '../token.ts'

const exampleId = 'example_string'
const tokenSeconds = 3_600

/**
 * Provisions the reference page's example webhook through the API at `origin`. Prints a curl command that rotates the
 * webhook's secret, and the URL of the console if it is served, both at the public URL if there is one. Does nothing if
 * the configuration accepts no token that Rekey can sign. Must not run in production: the output contains a token.
 */
export async function provisionExample(
  origin: string,
  { jwt, pages, publicUrl = origin }: Pick<Config, 'jwt' | 'pages' | 'publicUrl'>,
): Promise<void> {
  const application = `/api/v1/applications/${exampleId}`
  const webhook = `${application}/webhooks/${exampleId}`
  if (jwt.keys.kind !== 'secret' || !readsOwnRights(jwt)) return
  const token = await signToken(jwt, {
    subject: 'developer',
    scopes,
    applications: [exampleId],
    expiresInSeconds: tokenSeconds,
  })
  await put(origin + application, { name: 'Example application' }, token)
  await put(origin + webhook, { url: 'https://example.com/webhooks' }, token)
  process.stdout.write(`
Rekey is ready. Rotate the signing secret of the example (the token expires in one hour):

curl -X PATCH "${publicUrl}${webhook}/secret" \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer ${token}"

${pages.console ? `Or use the console with the same token: ${publicUrl}/console\n\n` : ''}`)
}

async function put(url: string, body: unknown, token: string): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  if (!response.ok)
    throw new Error(`failed to provision the example: HTTP ${response.status} ${await response.text()}`)
}
