/**
 * The README with what stands between a section's markers made anew.
 * @param command what makes it, as its opening marker says
 * @throws Error if it lacks the markers
 */
export function withSection(readme: string, name: string, command: string, section: string): string {
  const opening = `<!-- ${name}: made by \`${command}\` -->\n`
  const start = readme.indexOf(opening)
  const end = readme.indexOf(`<!-- /${name} -->`)
  if (start < 0 || end < start) throw new Error(`README.md lacks the markers of ${name}`)
  return readme.slice(0, start) + opening + section + readme.slice(end)
}
