import { createHash } from 'node:crypto'
import type { Middleware } from 'koa'
import type { ReadSettings, SignInSettings } from './openid-provider.ts'
import { listFiles, readHtml, servePage } from './serve-page.ts'

/**
 * Serves the console at `/console`. The modules keep their folder structure from `src/`, so their imports work
 * unchanged.
 * @param readProvider returns how people sign in at an identity provider; if undefined, they sign in with a token only
 */
export async function createConsole(readProvider?: ReadSettings): Promise<Middleware> {
  const html = await readHtml('web/console')
  const files = {
    ...(await listFiles('web/console', '/console/web/console')),
    ...(await listFiles('client', '/console/client')),
  }
  const serve = (provider?: SignInSettings) =>
    servePage({
      path: '/console',
      html: provider ? withProvider(html, provider) : html,
      files,
      policy: policyFor(html, provider),
    })
  const serveFiles = serve()
  if (!readProvider) return serveFiles

  let shown = ''
  let servePageOnly = serveFiles
  return async (context, next) => {
    if (context.path !== '/console') return serveFiles(context, next) as Promise<void>
    const provider = await readProvider()
    const current = JSON.stringify(provider)
    if (current !== shown) servePageOnly = serve(provider)
    shown = current
    return servePageOnly(context, next) as Promise<void>
  }
}

/** Inserts the settings as JSON, which no `</script>` in a value can end early. */
function withProvider(html: string, provider: SignInSettings): string {
  const json = JSON.stringify(provider).replaceAll('<', '\\u003c')
  return html.replace(/(?<=<script type="application\/json" id="provider">)/, () => json)
}

/**
 * Builds a CSP that allows only the console's own scripts to run, and allows requests only to this server and to the
 * provider's token endpoint. The provider's other pages are opened instead of requested.
 */
function policyFor(html: string, provider?: SignInSettings): string {
  const importMap = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? ''
  const tokenEndpoint = provider?.metadata?.token_endpoint
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${createHash('sha256').update(importMap).digest('base64')}'`,
    "style-src 'self'",
    `connect-src 'self'${tokenEndpoint === undefined ? '' : ` ${new URL(tokenEndpoint).origin}`}`,
    "font-src 'self'",
    "img-src 'self' data:",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')
}
