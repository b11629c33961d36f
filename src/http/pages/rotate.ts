import type { Middleware } from 'koa'
import { servePage, listFiles, readHtml } from './serve-page.ts'
export async function createRotatePage(): Promise<Middleware> {
  return servePage({ path: '/rotate', html: await readHtml('web/rotate'), files: await listFiles('web/rotate', '/rotate'), policy: '' })
}
