import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname } from 'node:path'
import type { Middleware } from 'koa'
import { serveAssets, type Asset } from './assets.ts'

const source = new URL('../', import.meta.url)
/** `.ts` in a checkout, `.js` once it is compiled. */
const moduleExtension = extname(import.meta.url)
const mount = '/console'

const packages = {
  'lit-html.js': new URL('../lit-html.js', import.meta.resolve('lit-html')),
  'openapi-fetch.js': new URL(import.meta.resolve('openapi-fetch')),
}

/**
 * Serves the console at `/console`. Its modules stand below that as they do below `src/`, so that their
 * imports of one another, and of the client, hold as they are.
 */
export async function createConsole(): Promise<Middleware> {
  const html = (await readFile(new URL('console/index.html', source), 'utf8')).replace(
    '/main.ts"',
    `/main${moduleExtension}"`,
  )
  const loaders: Parameters<typeof serveAssets>[0] = { [mount]: () => ({ type: types.html, content: html }) }
  for (const folder of ['console/', 'client/']) {
    for (const name of await readdir(new URL(folder, source), { recursive: true })) {
      const file = new URL(`${folder}${name.replaceAll('\\', '/')}`, source)
      const path = `${mount}/${file.href.slice(source.href.length)}`
      if (file.href.endsWith('.css')) loaders[path] = () => read(file, types.css)
      if (file.href.endsWith(moduleExtension)) loaders[path] = () => readModule(file)
    }
  }
  for (const [name, file] of Object.entries(packages))
    loaders[`${mount}/packages/${name}`] = () => read(file, types.javascript)

  const serve = serveAssets(loaders, policyFor(html))
  return async (context, next) => {
    if (context.path === `${mount}/`) context.redirect('../console')
    else await serve(context, next)
  }
}

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  javascript: 'text/javascript; charset=utf-8',
}

/** Nothing but the console's own files runs, and nothing is sent anywhere but here. */
function policyFor(html: string): string {
  const importMap = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? ''
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${createHash('sha256').update(importMap).digest('base64')}'`,
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')
}

async function read(file: URL, type: string): Promise<Asset> {
  return { type, content: await readFile(file) }
}

async function readModule(file: URL): Promise<Asset> {
  const text = await readFile(file, 'utf8')
  return { type: types.javascript, content: moduleExtension === '.ts' ? stripTypes(text) : text }
}

/** What Node does, without a word, to every TypeScript module that it runs; asked for it, it warns. */
function stripTypes(text: string): string {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it is
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emitWarning
  }
}
