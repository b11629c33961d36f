import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { pages, project, readPage } from '../support/documentation.ts'

const withoutCode = (markdown: string) =>
  markdown.replace(/^ *```.*?^ *```$/gms, '').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '))

/** Returns the targets of a page's links and images, except those on other hosts. */
function relativeLinks(page: string): string[] {
  const text = withoutCode(readPage(page))
  const inline = [...text.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)]
  const definitions = [...text.matchAll(/^\[[^\]]+\]: <?(\S+?)>?$/gm)]
  return [...inline, ...definitions]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
}

/** Returns the anchors that GitHub gives a page's headings. GitHub appends a number to repeated anchors. */
function anchors(page: string): Set<string> {
  const found = new Set<string>()
  const text = readPage(page).replace(/^ *```.*?^ *```$/gms, '')
  for (const [, heading = ''] of text.matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-')
    let anchor = slug
    for (let count = 1; found.has(anchor); count++) anchor = `${slug}-${count}`
    found.add(anchor)
  }
  return found
}

/** Returns why a link is broken, or undefined if it works. */
function fault(page: string, link: string): string | undefined {
  const [path = '', anchor] = decodeURI(link).split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(project, target))) return `${page}: ${link} does not exist`
  if (anchor === undefined) return undefined
  return anchors(target).has(anchor) ? undefined : `${page}: ${link} has no such heading`
}

test('every relative link in the docs points to a file and a heading that exist', () => {
  const links = pages.flatMap((page) => relativeLinks(page).map((link) => ({ page, link })))
  expect(links.length).toBeGreaterThan(50)
  expect(links.flatMap(({ page, link }) => fault(page, link) ?? [])).toEqual([])
})

test('the link check reports a missing file and a missing heading', () => {
  expect(fault('docs/api.md', 'apl.md')).toBe('docs/api.md: apl.md does not exist')
  expect(fault('docs/api.md', 'tokens.md#none')).toBe('docs/api.md: tokens.md#none has no such heading')
  expect(fault('docs/api.md', 'tokens.md#least-privilege')).toBeUndefined()
  expect(fault('docs/api.md', '#limits')).toBeUndefined()
})

test('the README or CONTRIBUTING.md links to every page in docs/', () => {
  const linked = pages
    .filter((page) => ['README.md', 'CONTRIBUTING.md'].includes(page))
    .flatMap((page) => relativeLinks(page).map((link) => link.split('#')[0]))
  const docs = pages.filter((page) => page.startsWith('docs/'))
  expect(docs.length).toBeGreaterThan(10)
  expect(docs.filter((page) => !linked.includes(page))).toEqual([])
})
