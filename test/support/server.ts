import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { MessageChannel } from 'node:worker_threads'
import { onTestFinished } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import type { Environment } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { connectCore } from '../../src/core/thread/core-client.ts'
import type { Core, CoreLog } from '../../src/core/core.ts'
import { openCore } from '../../src/core/open-core.ts'
import { startCoreThread } from '../../src/core/thread/start-core-thread.ts'
import { serveCore } from '../../src/core/thread/core-server.ts'
import { createLogger } from '../../src/logger.ts'
import { keepsDatabases, preparedDatabase } from './database.ts'
import type { DocumentedBody, WebhookPath } from './documented-body.ts'
import { exampleEnvironment } from './environment.ts'
import { observeResponses } from './observed-responses.ts'
import { ledgerOf, searchDatabase, searchLog } from './secret-search.ts'
import { token } from './tokens.ts'

export interface RequestOptions {
  /** Defaults to a token with full access; null sends no token. */
  token?: string | null
  /** Sent as JSON. */
  body?: unknown
  headers?: Record<string, string>
}

export interface TestResponse<Body = unknown> {
  status: number
  headers: Headers
  /** The parsed body, if it is JSON. */
  body: Body
  text: string
}

export type Api = <Method extends string, Path extends string>(
  method: Method,
  path: Path,
  options?: RequestOptions,
) => Promise<TestResponse<DocumentedBody<Method, Path>>>

export interface TestServer {
  origin: string
  /** The server's DATABASE_URL. */
  databaseUrl: string
  /** Contains the SQLite file, if any. Run commands here if they write files. */
  folder: string
  /** The parsed log lines so far. */
  logs: Record<string, unknown>[]
  /** Sends a request to a path under /api/v1. */
  api: Api
  close: () => Promise<void>
}

export interface ServerOptions {
  environment?: Environment
  now?: () => number
  /** A monotonic clock, in milliseconds. Defaults to `now`. */
  uptime?: () => number
  /** With `now`, how often the server looks for scheduled probes, in milliseconds. Defaults to never. */
  probeIntervalMs?: number
  /** Runs the core in its own thread, as `rekey serve` does. */
  ownThread?: boolean
  /** An earlier server, closed or not, whose database and folder the new server shares. */
  beside?: TestServer
  /** URL of a database that the test manages. Defaults to a new database. */
  databaseUrl?: string
}

/** Creates an empty folder that is removed after the test unless `KEEP_DATABASES` is set. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-test-'))
  onTestFinished(() => {
    if (keepsDatabases) {
      console.log(`kept ${folder}`)
      return
    }
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/**
 * Connects to the core through a message port, as in production, but runs the core in this thread: V8 sometimes aborts
 * a process that starts and ends many threads (nodejs/node#64500).
 */
async function connectToCore(environment: Environment, logger: CoreLog): Promise<Core> {
  const { port1, port2 } = new MessageChannel()
  void serveCore(port2, environment)
  return connectCore(port1, logger)
}

/**
 * Starts a real server with its own port and database until the test ends. Checks every API response against the
 * OpenAPI document, and searches the server's database and log for the secrets that it returned.
 */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const folder = options.beside?.folder ?? temporaryFolder()
  const given = options.databaseUrl ?? options.environment?.['DATABASE_URL']
  const databaseUrl = given ?? options.beside?.databaseUrl ?? (await preparedDatabase(folder))
  const logs: Record<string, unknown>[] = []
  const environment = { DATABASE_URL: databaseUrl, ...exampleEnvironment, ...options.environment }
  const config = readConfig(environment)
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      for (const line of chunk.toString().trim().split('\n'))
        logs.push(JSON.parse(line) as Record<string, unknown>)
      done()
    },
  })
  const logger = createLogger('info', sink)
  const { now, uptime, probeIntervalMs, ownThread } = options
  const open = ownThread ? startCoreThread : connectToCore
  // With a custom clock, open the core directly: a message port cannot transfer functions.
  const core = now
    ? await openCore(config, {
        ...{ logger, now },
        ...(uptime && { uptime }),
        ...(probeIntervalMs !== undefined && { probeIntervalMs }),
      })
    : await open(environment, logger)
  const app = await createApp(config, { core, logger, ...(now && { now }) })
  const origin = await app.start()
  observeResponses(origin, ledgerOf(folder))
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    try {
      // Search before closing, while SQLite's latest writes are still in its write-ahead log.
      if (databaseUrl.startsWith('sqlite:')) await searchDatabase(databaseUrl, folder)
    } finally {
      await app.close()
    }
  }
  onTestFinished(() => {
    searchLog(JSON.stringify(logs), folder)
  })
  // Search after `close`: requests in progress return secrets too. `preparedDatabase` searches the databases it creates.
  if (given !== undefined) onTestFinished(() => searchDatabase(given, folder))
  onTestFinished(close)
  return {
    origin,
    databaseUrl,
    folder,
    logs,
    close,
    api: apiOf(origin),
  }
}

/** Returns a function that sends requests to the API of the server at `origin`. */
export function apiOf(origin: string): Api {
  return (method, path, more) => call(origin, method, path, more)
}

async function call<Method extends string, Path extends string>(
  origin: string,
  method: Method,
  path: Path,
  options: RequestOptions = {},
): Promise<TestResponse<DocumentedBody<Method, Path>>> {
  const bearer = options.token === undefined ? await token() : options.token
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: {
      ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  })
  const text = await response.text()
  const isJson = text !== '' && response.headers.get('content-type')?.startsWith('application/json')
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : undefined) as DocumentedBody<Method, Path>,
  }
}

/** Creates an application with a webhook. @returns the webhook's path */
export async function provision(
  { api }: Pick<TestServer, 'api'>,
  applicationId = 'app_1',
  webhookId = 'hook_1',
  signatureScheme?: string,
): Promise<WebhookPath> {
  const webhook: WebhookPath = `/applications/${applicationId}/webhooks/${webhookId}`
  await api('PUT', `/applications/${applicationId}`, { body: {} })
  await api('PUT', webhook, { body: { url: 'https://merchant.example/webhooks', signatureScheme } })
  return webhook
}
