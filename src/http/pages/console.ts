import type { Middleware } from 'koa'
import { policyFor } from './policy.ts'
import { listFiles, readHtml, servePage } from './serve-page.ts'

/**
 * Serves the console at `/console`. The modules keep their folder structure from `src/`, so their imports work
 * unchanged.
 */
export async function createConsole(): Promise<Middleware> {
  const html = await readHtml('web/console')
  return servePage({
    path: '/console',
    html,
    files: {
      ...(await listFiles('web/console', '/console/web/console')),
      ...(await listFiles('client', '/console/client')),
    },
    policy: policyFor(html),
  })
}
