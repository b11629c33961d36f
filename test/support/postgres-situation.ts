import { expect } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import type { WebhookPath } from './documented-body.ts'
import { lastEvent } from './faults.ts'
import type { OwnPostgres } from './own-postgres.ts'
import { provision, startServer, type TestServer } from './server.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

export interface Situation {
  server: TestServer
  databaseUrl: string
  /** The path of a webhook that has one key. */
  webhook: WebhookPath
}

export async function situation(postgres: OwnPostgres, environment = {}): Promise<Situation> {
  const databaseUrl = await postgres.newDatabase()
  return { ...(await startOn(databaseUrl, environment)), databaseUrl }
}

/** Like `situation`, but the server reaches its database through a proxy that can make the network fail. */
export async function situationBehindProxy(
  postgres: OwnPostgres,
  environment = {},
): Promise<Situation & { proxy: TcpProxy }> {
  const databaseUrl = await postgres.newDatabase()
  const proxy = await startTcpProxy(databaseUrl)
  return { ...(await startOn(proxy.url, environment)), databaseUrl, proxy }
}

async function startOn(databaseUrl: string, environment: Environment) {
  const server = await startServer({
    databaseUrl,
    environment: { REKEY_REQUEST_TIMEOUT_MS: '30000', ...environment },
  })
  const webhook = await provision(server)
  expect((await server.api('PATCH', `${webhook}/secret`)).status).toBe(200)
  return { server, webhook }
}

export function rotate({ server, webhook }: Situation) {
  return server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
}

/** Expects that the webhook is unchanged since its first rotation and can be rotated again. */
export async function expectRecovered(place: Situation): Promise<void> {
  expect(await lastEvent(place.server, place.webhook)).toBe(2)
  expect((await rotate(place)).status).toBe(200)
}

/** Lists Rekey's database connections that are running a statement or have an open transaction. */
export async function underWay(postgres: OwnPostgres, databaseUrl: string): Promise<unknown[]> {
  const name = new URL(databaseUrl).pathname.slice(1)
  return postgres.sql(
    `select state, query from pg_stat_activity
     where datname = '${name}' and application_name = 'rekey' and state <> 'idle'`,
  )
}
