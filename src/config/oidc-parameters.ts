import { value } from './values.ts'

/** Parameters that the console sets itself. */
const ownParameters = [
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'redirect_uri',
  'request',
  'request_uri',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'state',
]

/** Parameters of an authorization request, in the form of a query. */
export const oidcParameters = value((text, fault): Record<string, string> => {
  const entries = [...new URLSearchParams(text)]
  const parameters = Object.fromEntries(entries)
  if (/^[?&]|[\s#]/.test(text) || entries.some(([name, content]) => name === '' || content === ''))
    return fault('must be a query such as audience=https://rekey.example&prompt=login, percent-encoded')
  if (Object.keys(parameters).length < entries.length) return fault('must not repeat a parameter')
  const own = entries.find(([name]) => ownParameters.includes(name))
  if (own)
    return fault(
      `must not contain ${own[0]}, which the console sets itself; see REKEY_OIDC_CLIENT_ID, REKEY_OIDC_SCOPE and REKEY_OIDC_RESOURCE`,
    )
  return parameters
})
