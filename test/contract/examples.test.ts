import { expect, test } from 'vitest'
import json from '../../generated/openapi.json' with { type: 'json' }
import { documentedOperations } from '../support/document.ts'
import { startServer, type TestServer } from '../support/server.ts'

type Operation = (typeof documentedOperations)[number]
type Example = Record<'path' | 'query' | 'header', Record<string, string>> & { body: unknown }

/** Creates again what the examples name: an application and a webhook whose secret was rotated twice. */
async function provisionExamples({ api }: TestServer): Promise<void> {
  const webhook = '/applications/example_string/webhooks/example_string'
  await api('DELETE', '/applications/example_string')
  await api('PUT', '/applications/example_string', { body: {} })
  await api('PUT', webhook, { body: { url: 'https://merchant.example/webhooks' } })
  for (let i = 0; i < 2; i++) await api('PATCH', `${webhook}/secret`)
}

/** Lists the example requests to an operation: with each body alone, and with each optional parameter and all of them. */
function examplesOf({ parameters, requestBody }: Operation): Example[] {
  const bodies = Object.values(requestBody?.content['application/json'].examples ?? {}).map(
    ({ value }) => value,
  )
  const required = parameters.filter((parameter) => parameter.required)
  const optional = parameters.filter((parameter) => !parameter.required)
  const sets = [[], ...optional.map((one) => [one]), optional].map((some) => [...required, ...some])
  return (bodies.length > 0 ? bodies : [undefined]).flatMap((body) =>
    sets.map((set) => ({ body, path: of(set, 'path'), query: of(set, 'query'), header: of(set, 'header') })),
  )
}

function of(parameters: Operation['parameters'], place: string): Record<string, string> {
  const placed = parameters.filter((parameter) => parameter.in === place)
  return Object.fromEntries(placed.map(({ name, example }) => [name, String(example)]))
}

/** These operations need a token or an ID that only the server makes, so no example can name it. */
const ofInvitations = ['getInvitation', 'revokeRotationInvitation']
const operations = documentedOperations.filter(({ operationId = '' }) => !ofInvitations.includes(operationId))

test.for(operations)('the server accepts every example of $operationId', async (operation) => {
  const examples = examplesOf(operation)
  const server = await startServer({ environment: { REKEY_PUBLIC_URL: 'https://rekey.example' } })
  for (const { path, query, header, body } of examples) {
    await provisionExamples(server)
    // A webhook that has keys cannot change to every scheme, so its examples create it.
    if (operation.operationId === 'putWebhook')
      await server.api('DELETE', '/applications/example_string/webhooks/example_string')
    const target = operation.template.replace(/\{([^}]+)\}/g, (_, name: string) => path[name] ?? '')
    const search = new URLSearchParams(query).toString()
    const url = search === '' ? target : `${target}?${search}`
    const { status, text } = await server.api(operation.method, url, { headers: header, body })
    expect(status, `${JSON.stringify({ query, header, body })}: ${text}`).toBeLessThan(300)
  }
})

test('every parameter has an example', () => {
  const without = documentedOperations.flatMap(({ operationId, parameters }) =>
    parameters.filter(({ example }) => example === undefined).map(({ name }) => `${operationId} ${name}`),
  )
  expect(without).toEqual([])
})

interface Link {
  operationId: string
  parameters: Record<string, string>
}

/** Finds the only link of a documented response, and its operation. */
function follow(
  operationId: string,
  status: number,
): { next: Operation; parameters: Record<string, string> } {
  const links = find(operationId).responses[status]?.links ?? {}
  const [link, ...others] = Object.values(links) as Link[]
  if (!link || others.length > 0) throw new Error(`${operationId} ${status} has ${others.length} links`)
  return { next: find(link.operationId), parameters: link.parameters }
}

function find(operationId: string): Operation {
  const found = documentedOperations.find((operation) => operation.operationId === operationId)
  if (!found) throw new Error(`there is no operation ${operationId}`)
  return found
}

test('links lead from the PUT of a webhook to its rotation, and from there to a signature', async () => {
  const server = await startServer()
  await server.api('PUT', '/applications/app_1', { body: {} })
  const request: Record<string, string> = { applicationId: 'app_1', webhookId: 'linked' }
  let operation = find('putWebhook')
  const statuses: [string | undefined, number][] = []
  for (;;) {
    const [example] = examplesOf(operation)
    const path = operation.template.replace(/\{([^}]+)\}/g, (_, name: string) => request[name] ?? '')
    const { status, body } = await server.api(operation.method, path, { body: example?.body })
    statuses.push([operation.operationId, status])
    if (operation.operationId === 'signMessage') {
      expect(body).toHaveProperty(['headers', 'webhook-signature'])
      break
    }
    const { next, parameters } = follow(operation.operationId ?? '', status)
    for (const [name, expression] of Object.entries(parameters))
      expect(expression).toBe(`$request.path.${name}`)
    expect(Object.keys(parameters)).toEqual(Object.keys(request))
    operation = next
  }
  expect(statuses).toEqual([
    ['putWebhook', 201],
    ['rotateWebhookSecret', 200],
    ['signMessage', 200],
  ])
  expect(follow('putWebhook', 200).next.operationId).toBe('rotateWebhookSecret')
})

test("the document's only server names the origin as a variable", () => {
  expect(json.servers).toMatchObject([
    { url: '{origin}/api/v1', variables: { origin: { default: 'http://127.0.0.1:8080' } } },
  ])
})
