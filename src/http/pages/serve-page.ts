import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Middleware } from 'koa'
import { serveAssets, type Asset, type Loaders } from './assets.ts'
import { requireGetOrHead } from '../request/allowed-methods.ts'
import { stripTypes } from './strip-types.ts'

const source = new URL('../../', import.meta.url)
/** `.ts` in a checkout, `.js` once it is compiled. */
const moduleExtension = extname(import.meta.url)
const javascript = 'text/javascript; charset=utf-8'

/** A page for browsers, and all that it is made of. */
export interface Page {
  /** Where it is, as `/docs`. */
  path: string
  html: string
  /** What belongs to it, by path. */
  files: Loaders
  /** The Content-Security-Policy under which it runs. */
  policy: string
}

/** Serves a page with its files. Addresses in it are relative to its path, which one with a slash behind leads to. */
export function servePage({ path, html, files, policy }: Page): Middleware {
  const serve = serveAssets(
    { [path]: () => ({ type: 'text/html; charset=utf-8', content: html }), ...files },
    policy,
  )
  return async (context, next) => {
    if (context.path !== `${path}/`) return serve(context, next) as Promise<void>
    requireGetOrHead(context)
    context.status = 308
    // Relative, since a proxy may have put a prefix before it.
    context.redirect(`..${path}`)
  }
}

/** The `index.html` of a folder below `src/`, with modules named as they are here. */
export async function readHtml(folder: string): Promise<string> {
  const html = await readFile(new URL(`${folder}/index.html`, source), 'utf8')
  return html.replaceAll('.ts"', `${moduleExtension}"`)
}

/** The modules and style sheets of a folder below `src/`, each at `path` as it stands in the folder. */
export async function listFiles(folder: string, path: string): Promise<Loaders> {
  const root = new URL(`${folder}/`, source)
  const names = (await readdir(root, { recursive: true })).map((name) => name.replaceAll('\\', '/'))
  return Object.fromEntries(
    names
      .filter((name) => [moduleExtension, '.css'].includes(extname(name)))
      .map((name) => [`${path}/${name}`, () => loadFile(new URL(name, root))]),
  )
}

/** Reads a style sheet or a module, as a browser takes it. */
export async function loadFile(file: URL): Promise<Asset> {
  const text = await readFile(file, 'utf8')
  switch (extname(file.pathname)) {
    case '.css':
      return { type: 'text/css; charset=utf-8', content: text }
    case '.ts':
      return { type: javascript, content: stripTypes(text) }
    default:
      return { type: javascript, content: text }
  }
}
