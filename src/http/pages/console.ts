import type { Middleware } from 'koa'
import { policyFor } from './policy.ts'
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
    ...(await listFiles('web/shared', '/console/web/shared')),
  }
  const serve = (provider?: SignInSettings) =>
    servePage({
      path: '/console',
      html: provider ? withProvider(html, provider) : html,
      files,
      policy: policyFor(html, provider && tokenOriginOf(provider)),
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

/** Returns the origin of the provider's token endpoint. The provider's other pages are opened instead of requested. */
function tokenOriginOf({ metadata }: SignInSettings): string | undefined {
  return metadata?.token_endpoint === undefined ? undefined : new URL(metadata.token_endpoint).origin
}
