import { expect, test } from 'vitest'
import { exampleBody, documentedOperations } from '../support/document.ts'
import { startJwksServer } from '../support/jwks-server.ts'
import { credentialFor } from '../support/invitations.ts'
import { expectDocumented } from '../support/refusals.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { createSigner, signedBy } from '../support/signers.ts'

/** Returns the operations that document this status. */
function declaring(status: number) {
  return documentedOperations.filter(({ responses }) => String(status) in responses)
}

/** Starts an issuer and a server that trusts the issuer. @returns the server, the issuer and a token from the issuer */
async function startWithIssuer(): Promise<[TestServer, Awaited<ReturnType<typeof startJwksServer>>, string]> {
  const signer = createSigner('ES256')
  const issuer = await startJwksServer(signer)
  const environment = { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url, REKEY_REQUEST_TIMEOUT_MS: '400' }
  return [await startServer({ environment }), issuer, await signedBy(signer)]
}

test.for(declaring(400))(
  '$operationId returns 400 for an invalid path or query parameter',
  async (operation) => {
    const server = await startServer()
    const path = operation.path.includes('app_1')
      ? operation.path.replace('app_1', 'a%20b')
      : `${operation.path}?limit=0`
    const options = { body: exampleBody(operation), ...(await credentialFor(operation, server)) }
    expect((await server.api(operation.method, path, options)).status).toBe(400)
  },
)

test.for(declaring(404))('$operationId returns 404 for a missing resource', async (operation) => {
  const { api } = await startServer()
  expectDocumented(await api(operation.method, operation.path, { body: exampleBody(operation) }), 404)
})

test.for(declaring(413))('$operationId returns 413 for a body over its size limit', async (operation) => {
  const { api } = await startServer()
  const body = 'x'.repeat(operation['x-max-body-bytes'] ?? 65_536)
  expect((await api(operation.method, operation.path, { body })).status).toBe(413)
})

test.for(declaring(415))('$operationId returns 415 for a body that is not JSON', async (operation) => {
  const { api } = await startServer()
  const headers = { 'content-type': 'text/plain' }
  expect((await api(operation.method, operation.path, { body: 'text', headers })).status).toBe(415)
})

test.for(declaring(429))(
  '$operationId returns 429 instead of 401 to an address with too many failed authentications',
  async (operation) => {
    const { api } = await startServer({ environment: { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '1' } })
    const ask = (token?: null) =>
      api(operation.method, operation.path, {
        body: exampleBody(operation),
        ...(token === null && { token }),
      })
    expect((await ask(null)).status).toBe(401)
    expect((await ask(null)).status).toBe(429)
    expect([401, 429]).not.toContain((await ask()).status)
  },
)

test.for(declaring(500))('$operationId returns 500 for an internal error', async (operation) => {
  let broken = false
  const server = await startServer({
    now: () => {
      if (broken) throw new Error('the clock stands still')
      return Date.now()
    },
  })
  const options = { body: exampleBody(operation), ...(await credentialFor(operation, server)) }
  broken = true
  expect((await server.api(operation.method, operation.path, options)).status).toBe(500)
})

test.for(declaring(502))(
  '$operationId returns 502 with the documented message while the issuer is down',
  async (operation) => {
    const [{ api }, issuer, token] = await startWithIssuer()
    await issuer.goDown()
    const answer = await api(operation.method, operation.path, { token, body: exampleBody(operation) })
    expectDocumented(answer, 502)
  },
)

test.for(declaring(504))(
  '$operationId returns 504 with the documented message when the request times out',
  async (operation) => {
    const [{ api }, issuer, token] = await startWithIssuer()
    issuer.answer(() => undefined)
    const answer = await api(operation.method, operation.path, { token, body: exampleBody(operation) })
    expectDocumented(answer, 504)
  },
)
