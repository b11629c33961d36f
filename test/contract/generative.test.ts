import fc from 'fast-check'
import { expect, test } from 'vitest'
import { watchChanges } from '../support/changes.ts'
import { documentedOperations, requiresScope } from '../support/document.ts'
import { fuzzParameters, fuzzTimeoutMs, isWholeSearch } from '../support/fuzz.ts'
import { fuzzedRequest, type FuzzedRequest, type Operation } from '../support/fuzzed-request.ts'
import { credentialFor, storeKnownInvitation } from '../support/invitations.ts'
import { requestFaults } from '../support/request-faults.ts'
import { provision, startServer, type TestResponse, type TestServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

/** Across all operations, this is more than 3,000 requests. */
const requestsPerOperation = 250

/** Matches the 400 messages for rules that the OpenAPI document states in prose, not in its schemas. */
const saidInWords =
  /must be a nextCursor value that this list returned|body\/payload must be padded base64|body\/url must have a valid host|body\/signatureHeader must (not )?be|body\/reason must not contain a signing secret|body\/endWhenProven needs an overlap/

test.each(documentedOperations)(
  'any request to $operationId returns a documented response, and a failed request changes nothing',
  { timeout: fuzzTimeoutMs },
  async (operation) => {
    const server = await startServer()
    const { token: invited } = await credentialFor(operation, server)
    const changes = watchChanges(server)
    const callers = { ...(await callersOf()), ...(invited !== undefined && { full: invited }) }
    const answered = new Set<number>()
    let before = ''
    let isUntouched = false

    await fc.assert(
      fc.asyncProperty(caller(operation), fuzzedRequest(operation), async (who, request) => {
        if (!isUntouched && invited === undefined) {
          await reset(server)
          if (operation.template.includes('{invitationId}')) await storeKnownInvitation(server)
        }
        if (!isUntouched) before = await changes()
        const answer = await send(server, operation, request, callers[who])
        isUntouched = (await changes()) === before
        answered.add(answer.status)

        expect(answer.status, answer.text).toBeLessThan(500)
        if (answer.status >= 400 || operation.method === 'GET') expect(isUntouched).toBe(true)
        const isAllowed =
          who === 'full' || (who === 'scopeless' && invited === undefined && !requiresScope(operation))
        if (!isAllowed) expect(answer.status).toBe(who === 'none' ? 401 : 403)
        else if (requestFaults(operation, request).length > 0) expect(answer.status).toBe(400)
        else if (answer.status === 400)
          expect(answer.body).toHaveProperty('message', expect.stringMatching(saidInWords))
        else expect([401, 403, 405, 413, 415]).not.toContain(answer.status)
      }),
      fuzzParameters(requestsPerOperation),
    )
    if (!isWholeSearch) return
    // A search that never produces these statuses proves nothing.
    const refusals = requiresScope(operation) || invited !== undefined ? [400, 401, 403] : [400, 401]
    expect([...answered]).toEqual(expect.arrayContaining(refusals))
    expect([...answered].some((status) => status < 300)).toBe(true)
  },
)

async function callersOf() {
  return {
    full: await token(),
    none: null,
    scopeless: await token({ scope: '' }),
    stranger: await token({ applications: ['stranger'] }),
  }
}

/** Usually picks the caller with every permission, so that most requests get past authorization. */
function caller({ parameters }: Operation): fc.Arbitrary<keyof Awaited<ReturnType<typeof callersOf>>> {
  const namesApplication = parameters.some(({ name }) => name === 'applicationId')
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant('full' as const) },
    { weight: 1, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constant('scopeless' as const) },
    { weight: namesApplication ? 1 : 0, arbitrary: fc.constant('stranger' as const) },
  )
}

/**
 * Resets the server's data to one webhook with two live keys. Reads the feed, because only the first reader of an event
 * changes the database: it gives the event its position.
 */
async function reset(server: TestServer): Promise<void> {
  await server.api('DELETE', '/applications/app_1')
  const webhook = await provision(server)
  for (let i = 0; i < 2; i++) await server.api('PATCH', `${webhook}/secret`)
  await server.api('GET', '/events')
}

function send(
  { api }: TestServer,
  operation: Operation,
  { path, query, headers, body }: FuzzedRequest,
  bearer: string | null,
): Promise<TestResponse> {
  const target = operation.template.replace(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name] ?? ''),
  )
  const search = query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
  return api(operation.method, target + (search && `?${search}`), { token: bearer, headers, body })
}
