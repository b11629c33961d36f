import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Middleware } from 'koa'
import { requireGetOrHead } from '../request/allowed-methods.ts'
import { serveAssets, type Asset, type Loaders } from './assets.ts'
import { browserPackages } from './browser-packages.ts'
import { stripTypes } from './strip-types.ts'

const source = new URL('../../', import.meta.url)
/** `.ts` in a checkout, `.js` after compilation. */
export const moduleExtension = extname(import.meta.url)
const javascript = 'text/javascript; charset=utf-8'

/** An HTML page and its files. */
export interface Page {
  /** URL path of the page, as in `/docs`. */
  path: string
  html: string
  /** The page's files, by URL path. */
  files: Loaders
  /** The page's Content-Security-Policy. */
  policy: string
  /** As for `serveAssets`. */
  cacheControl?: string
}

/**
 * Serves a page and its files. Redirects the page's path with a trailing slash to `path`, because the page's relative
 * links work only without the slash.
 */
export function servePage({ path, html, files, policy, cacheControl }: Page): Middleware {
  const serve = serveAssets(
    { [path]: () => ({ type: 'text/html; charset=utf-8', content: html }), ...files },
    policy,
    cacheControl,
  )
  return async (context, next) => {
    if (context.path !== `${path}/`) return serve(context, next) as Promise<void>
    requireGetOrHead(context)
    context.status = 308
    // A relative redirect, because a proxy may add a path prefix.
    context.redirect(`..${path}`)
  }
}

/** Reads the `index.html` of a folder in `src/`, and replaces `.ts` in its links with `moduleExtension`. */
export async function readHtml(folder: string): Promise<string> {
  const html = await readFile(new URL(`${folder}/index.html`, source), 'utf8')
  return html.replaceAll('.ts"', `${moduleExtension}"`)
}

/**
 * Returns loaders for the modules, style sheets and fonts of a folder in `src/`, and for the files of npm packages that
 * belong there. A file's URL path is `path`, followed by its path within the folder.
 */
export async function listFiles(folder: string, path: string): Promise<Loaders> {
  const root = new URL(`${folder}/`, source)
  const names = (await readdir(root, { recursive: true })).map((name) => name.replaceAll('\\', '/'))
  return Object.fromEntries([
    ...Object.entries(browserPackages)
      .filter(([name]) => name.startsWith(`${folder}/`))
      .map(([name, find]) => [path + name.slice(folder.length), () => loadFile(find())] as const),
    // In `dist/`, these include the packages' files.
    ...names
      .filter((name) => [moduleExtension, '.css', '.woff2'].includes(extname(name)))
      .map((name) => [`${path}/${name}`, () => loadFile(new URL(name, root))] as const),
  ])
}

/** Loads a font, a style sheet or a module. Strips the types from TypeScript, so that browsers accept the module. */
async function loadFile(file: URL): Promise<Asset> {
  const content = await readFile(file)
  switch (extname(file.pathname)) {
    case '.woff2':
      return { type: 'font/woff2', content }
    case '.css':
      return { type: 'text/css; charset=utf-8', content }
    case '.ts':
      return { type: javascript, content: stripTypes(content.toString()) }
    default:
      return { type: javascript, content }
  }
}
