import { expect, test } from 'vitest'
import { linkFault, pages, readPage } from '../support/documentation.ts'

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

test('every relative link in the docs points to a file and a heading that exist', () => {
  const links = pages.flatMap((page) => relativeLinks(page).map((link) => ({ page, link })))
  expect(links.length).toBeGreaterThan(50)
  expect(links.flatMap(({ page, link }) => linkFault(page, link) ?? [])).toEqual([])
})

test('the link check reports a missing file and a missing heading', () => {
  expect(linkFault('docs/api.md', 'apl.md')).toBe('docs/api.md: apl.md does not exist')
  expect(linkFault('docs/api.md', 'tokens.md#none')).toBe('docs/api.md: tokens.md#none has no such heading')
  expect(linkFault('docs/api.md', 'tokens.md#least-privilege')).toBeUndefined()
  expect(linkFault('docs/api.md', '#limits')).toBeUndefined()
})

test('the README or CONTRIBUTING.md links to every page in docs/', () => {
  const linked = pages
    .filter((page) => ['README.md', 'CONTRIBUTING.md'].includes(page))
    .flatMap((page) => relativeLinks(page).map((link) => link.split('#')[0]))
  const docs = pages.filter((page) => page.startsWith('docs/'))
  expect(docs.length).toBeGreaterThan(10)
  expect(docs.filter((page) => !linked.includes(page))).toEqual([])
})
