import type { Page } from 'playwright-core'
import { execute } from './database.ts'
import type { TestServer } from './server.ts'

/** The fragment of the list of webhooks of `app_1`. */
export const webhooksAddress = '#/applications/app_1'

/** Creates `app_1` with webhooks `hook_0001`, `hook_0002` and so on, straight in the SQLite file. */
export async function provisionMany(server: TestServer, count: number): Promise<void> {
  await server.api('PUT', '/applications/app_1', { body: {} })
  await execute(
    server.databaseUrl,
    `with recursive numbers(number) as (select 1 union all select number + 1 from numbers where number < ${count})
     insert into webhooks (application_id, id, url, created_at, updated_at)
     select 'app_1', printf('hook_%04d', number), 'https://merchant.example/webhooks', 0, 0 from numbers`,
  )
}

/** Returns the IDs in the visible list, in order. */
export function listed(page: Page): Promise<string[]> {
  return page.locator('.list-table tbody th').allInnerTexts()
}

/** Notes the paths and queries of the page's calls to the API, except those that ask about the token. */
export function noteCalls(page: Page): string[] {
  const calls: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    const call = `${request.method()} ${decodeURIComponent(pathname + search).replace(/^\/api\/v1/, '')}`
    if (pathname.startsWith('/api/v1/') && pathname !== '/api/v1/token') calls.push(call)
  })
  return calls
}
