import type { WebhookPath } from './documented-body.ts'
import { provision, startServer, type ServerOptions, type TestServer } from './server.ts'

/** Starts a server that is allowed to probe receivers on this machine. */
export function startProbeServer({ environment, ...options }: ServerOptions = {}): Promise<TestServer> {
  return startServer({ ...options, environment: { REKEY_PROBE_ALLOW: '127.0.0.1', ...environment } })
}

export function setUrl(server: TestServer, webhook: WebhookPath, url: string) {
  return server.api('PUT', webhook, { body: { url } })
}

/** Rotates without checking the response's status. */
export function rotate(server: TestServer, webhook: WebhookPath, body: object = {}) {
  return server.api('PATCH', `${webhook}/secret`, { body })
}

/** Rotates, and returns the new secret. */
export async function newSecret(
  server: TestServer,
  webhook: WebhookPath,
  body: object = {},
): Promise<string> {
  return (await rotate(server, webhook, body)).body.signingSecret
}

/** Probes the receiver without checking the response's status. */
export function probe(server: TestServer, webhook: WebhookPath, body?: object) {
  return server.api('POST', `${webhook}/probes`, { body })
}

/** Probes the receiver. @returns only `proven` and the verdicts */
export async function verdictsOf(server: TestServer, webhook: WebhookPath, body?: object) {
  const answer = await probe(server, webhook, body)
  if (answer.status !== 200) throw new Error(`the probe returned ${answer.text}`)
  const { proven, messages } = answer.body
  return { proven, verdicts: messages.map(({ verdict }) => verdict) }
}

export async function liveKeys(server: TestServer, webhook: WebhookPath): Promise<number> {
  return (await server.api('GET', webhook)).body.liveKeys
}

/** Returns the audit trail's first page, newest event first. */
export async function events(server: TestServer, webhook: WebhookPath) {
  return (await server.api('GET', `${webhook}/events`)).body.items
}

export async function eventTypes(server: TestServer, webhook: WebhookPath) {
  return (await events(server, webhook)).map(({ type }) => type)
}

/** Creates a webhook with two live keys. Its URL is a placeholder: set the receiver's URL with `setUrl`. */
export async function overlapping(server: TestServer) {
  const webhook = await provision(server)
  const old = await newSecret(server, webhook)
  const fresh = await newSecret(server, webhook)
  return { webhook, old, fresh }
}
