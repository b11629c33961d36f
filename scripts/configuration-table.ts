import { z } from 'zod'
import { variables } from '../src/config/variables.ts'

/** Returns the Markdown table of all variables, for docs/configuration.md. */
export function configurationTable(): string {
  const rows = Object.entries(variables.shape).map(([name, schema]) => {
    const byDefault = defaultText(schema)
    return `| \`${name}\` | ${byDefault === undefined ? '' : `\`${byDefault}\``} | ${schema.description ?? ''} |\n`
  })
  return `| variable | default | what it does |\n| --- | --- | --- |\n${rows.join('')}`
}

/** Returns the default as a value for the environment. */
function defaultText(schema: z.ZodType): string | undefined {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return String(schema.def.defaultValue)
  return undefined
}
