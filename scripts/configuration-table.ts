import { z } from 'zod'
import { variables } from '../src/config/variables.ts'

/** The table of docs/configuration.md, in Markdown. */
export function configurationTable(): string {
  const rows = Object.entries(variables.shape).map(([name, schema]) => {
    const byDefault = defaultText(schema)
    return `| \`${name}\` | ${byDefault === undefined ? '' : `\`${byDefault}\``} | ${schema.description ?? ''} |\n`
  })
  return `| variable | default | what it does |\n| --- | --- | --- |\n${rows.join('')}`
}

/** The default in the form that the environment takes. */
function defaultText(schema: z.ZodType): string | undefined {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return String(schema.def.defaultValue)
  return undefined
}
