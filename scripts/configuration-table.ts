import { z } from 'zod'
import { variables } from '../src/config/variables.ts'

/** Returns a Markdown table of all configuration variables, for docs/configuration.md. */
export function configurationTable(): string {
  const rows = Object.entries(variables.shape).map(([name, schema]) => {
    const byDefault = defaultText(schema)
    return `| \`${name}\` | ${byDefault === undefined ? '' : `\`${byDefault}\``} | ${schema.description ?? ''} |\n`
  })
  return `| variable | default | what it does |\n| --- | --- | --- |\n${rows.join('')}`
}

/** Returns a variable's default as text; undefined if it has none. */
function defaultText(schema: z.ZodType): string | undefined {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return String(schema.def.defaultValue)
  return undefined
}
