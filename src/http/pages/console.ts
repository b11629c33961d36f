import { createHash } from 'node:crypto'
import type { Middleware } from 'koa'
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

/** Builds a CSP that allows only the console's own scripts to run, and allows requests only to this server. */
function policyFor(html: string): string {
  const importMap = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? ''
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${createHash('sha256').update(importMap).digest('base64')}'`,
    "style-src 'self'",
    "connect-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')
}
