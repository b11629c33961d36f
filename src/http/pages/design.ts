import type { Middleware } from 'koa'
import { serveAssets } from './assets.ts'
import { listFiles } from './serve-page.ts'

/** Serves the style sheets, the font and the packages that the pages share, below `/assets`. */
export async function createDesign(): Promise<Middleware> {
  return serveAssets(await listFiles('web/shared', '/assets'), "default-src 'none'")
}
