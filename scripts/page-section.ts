import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/**
 * Reads a page of this repository and replaces the text between the markers of each section.
 * @param command the command that writes these sections, as the opening markers name it
 * @param sections the new text by section name
 * @returns the page's new text, which the caller must write
 * @throws Error if the page lacks a section's markers
 */
export function withSections(page: string, command: string, sections: Record<string, string>): string {
  return Object.entries(sections).reduce(
    (text, [name, section]) => {
      const opening = `<!-- ${name}: made by \`${command}\` -->\n`
      const start = text.indexOf(opening)
      const end = text.indexOf(`<!-- /${name} -->`)
      if (start < 0 || end < start) throw new Error(`${page} lacks the markers of ${name}`)
      return text.slice(0, start) + opening + section + text.slice(end)
    },
    readFileSync(join(root, page), 'utf8'),
  )
}
