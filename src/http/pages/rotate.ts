import type { Middleware } from 'koa'
import { policyFor } from './policy.ts'
import { listFiles, readHtml, servePage } from './serve-page.ts'

/**
 * Serves the page to which invitations lead, at `/rotate`. The modules keep their folder structure from `src/`, so
 * their imports work unchanged. Browsers do not send the fragment of a URL, so the server never gets the
 * invitation's token from this request, and a program that previews the link changes nothing.
 */
export async function createRotatePage(): Promise<Middleware> {
  const html = await readHtml('web/rotate')
  return servePage({
    path: '/rotate',
    html,
    files: {
      ...(await listFiles('web/rotate', '/rotate/web/rotate')),
      ...(await listFiles('client', '/rotate/client')),
      ...(await listFiles('web/shared', '/rotate/web/shared')),
    },
    policy: policyFor(html),
    cacheControl: 'no-store',
  })
}
