import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The repository's root folder. */
export const project = join(import.meta.dirname, '../..')

/** Paths of the Markdown pages that people read, relative to the repository's root. */
export const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md', '.github/**/*.md'], {
  cwd: project,
}).sort()

export function readPage(page: string): string {
  return readFileSync(join(project, page), 'utf8')
}

/**
 * Reads the text between the page's markers `<!-- name…-->` and `<!-- /name -->`.
 * @throws Error if a marker is missing
 */
export function section(page: string, name: string): string {
  const [, text] =
    new RegExp(`<!-- ${name}\\b[^>]*-->\n(.*?)<!-- /${name} -->`, 's').exec(readPage(page)) ?? []
  if (text === undefined) throw new Error(`${page} needs the markers <!-- ${name} --> and <!-- /${name} -->`)
  return text
}

/** Returns the fenced code blocks in these languages. Blocks in lists lose their indentation. */
export function codeBlocks(markdown: string, ...languages: string[]): string[] {
  return [...markdown.matchAll(/^( *)```(\S*)\n(.*?)^ *```$/gms)]
    .filter(([, , language = '']) => languages.includes(language))
    .map(([, indentation = '', , text = '']) =>
      text
        .split('\n')
        .map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line))
        .join('\n'),
    )
}

/** Returns the text of every fenced code block and every inline code span. */
export function code(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^ *```\S*\n(.*?)^ *```$/gms)].map(([, text = '']) => text)
  return [...blocks, ...inlineCode(markdown)]
}

/** Returns the text of every inline code span. */
export function inlineCode(markdown: string): string[] {
  const prose = markdown.replace(/^ *```.*?^ *```$/gms, '')
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
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
export function linkFault(page: string, link: string): string | undefined {
  const [path = '', anchor] = decodeURI(link).split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(project, target))) return `${page}: ${link} does not exist`
  if (anchor === undefined) return undefined
  return anchors(target).has(anchor) ? undefined : `${page}: ${link} has no such heading`
}
