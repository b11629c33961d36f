import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of this repository. */
export const project = join(import.meta.dirname, '../..')

/** Every Markdown page for people, by its path in the repository. */
export const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md', '.github/**/*.md'], {
  cwd: project,
}).sort()

export function readPage(page: string): string {
  return readFileSync(join(project, page), 'utf8')
}

/**
 * Reads the text between a page's markers `<!-- name…-->` and `<!-- /name -->`.
 * @throws Error if the page lacks them
 */
export function section(page: string, name: string): string {
  const [, text] =
    new RegExp(`<!-- ${name}\\b[^>]*-->\n(.*?)<!-- /${name} -->`, 's').exec(readPage(page)) ?? []
  if (text === undefined) throw new Error(`${page} lacks the markers of ${name}`)
  return text
}

/** Returns the fenced code blocks of a language, without the indentation that they have in a list. */
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

/** Returns all code of a page: its blocks, and what it has in backticks. */
export function code(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^ *```\S*\n(.*?)^ *```$/gms)].map(([, text = '']) => text)
  return [...blocks, ...inlineCode(markdown)]
}

/** Returns what a page has in backticks. */
export function inlineCode(markdown: string): string[] {
  const prose = markdown.replace(/^ *```.*?^ *```$/gms, '')
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
}
