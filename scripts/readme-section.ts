/**
 * Replaces the text between the markers of a README section.
 * @param command the command named in the opening marker
 * @throws Error if a marker is missing
 */
export function withSection(readme: string, name: string, command: string, section: string): string {
  const opening = `<!-- ${name}: made by \`${command}\` -->\n`
  const start = readme.indexOf(opening)
  const end = readme.indexOf(`<!-- /${name} -->`)
  if (start < 0 || end < start) throw new Error(`README.md lacks the markers of the section ${name}`)
  return readme.slice(0, start) + opening + section + readme.slice(end)
}
