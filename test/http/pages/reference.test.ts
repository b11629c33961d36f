import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { documentedOperations } from '../../support/document.ts'
import { startServer } from '../../support/server.ts'

const folder = join(import.meta.dirname, '../../../src/web/reference')

test("the reference page's CSP allows no scripts, styles or fonts except files from the page's origin", async () => {
  const { origin } = await startServer()
  const response = await fetch(`${origin}/docs`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self' http: https:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ])
  expect(await response.text()).not.toMatch(/ style=| on\w+=|<style|javascript:/)
})

test('serves every file of the reference page', async () => {
  const { origin } = await startServer()
  const files = readdirSync(folder).filter((name) => /\.(ts|css)$/.test(name))
  expect(files).toContain('main.ts')
  for (const name of files) {
    const response = await fetch(`${origin}/docs/${name}`)
    expect(response.status, name).toBe(200)
    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
    expect(response.headers.get('content-type'), name).toBe(`${type}; charset=utf-8`)
  }
  const all = await (await fetch(`${origin}/assets/reference.css`)).text()
  for (const name of ['design', 'controls', 'boxes'])
    expect(all).toContain(await (await fetch(`${origin}/assets/${name}.css`)).text())
  for (const name of files.filter((name) => name.endsWith('.css')))
    expect(all).toContain(await (await fetch(`${origin}/docs/${name}`)).text())
})

test('files that the reference page does not need return 404', async () => {
  const { origin } = await startServer()
  for (const path of ['/docs/tsconfig.json', '/docs/nowhere', '/docs/%2e%2e/console/main.ts'])
    expect((await fetch(origin + path)).status, path).toBe(404)
})

/** Returns the text of a page's article, without tags and white space. */
async function articleOf(url: string): Promise<string> {
  const html = await (await fetch(url)).text()
  const [article = ''] = /<article.*<\/article>/s.exec(html) ?? []
  return bare(
    article
      .replace(/<[^>]*>/g, '')
      .replace(/&#39;/g, "'")
      .replace(/&quot;/g, '"')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&'),
  )
}

function bare(text: string): string {
  return text.replace(/[\s`]|^\* /gm, '')
}

test("without JavaScript, an operation's page shows everything that the document says about the operation", async () => {
  const { origin } = await startServer()
  for (const operation of documentedOperations) {
    const { operationId = '', parameters, requestBody, responses } = operation
    const article = await articleOf(`${origin}/docs/${operationId}`)
    const contents = Object.values(responses).flatMap(({ content }) => content?.['application/json'] ?? [])
    const examples = [...contents, requestBody?.content['application/json']]
      .flatMap((content) => Object.values(content?.examples ?? {}))
      .map(({ value }) => JSON.stringify(value))
    const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1]
    const properties = [requestBody, success].flatMap((part) =>
      Object.entries(part?.content?.['application/json']?.schema?.properties ?? {}),
    )
    const said = [
      ...[operation.summary, operation.description, operation.name, ...examples],
      ...parameters.flatMap(({ name, description }) => [name, description]),
      ...properties.flatMap(([name, property]) => [
        name,
        'description' in property ? property.description : '',
      ]),
      ...Object.entries(responses).flatMap(([status, { description = '' }]) => [status, description]),
    ]
    for (const text of said) expect(article, `${operationId}: ${String(text)}`).toContain(bare(String(text)))
  }
})
