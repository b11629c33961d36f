import { z } from 'zod'
import { variables } from '../src/config/variables.ts'

/** The README's table, in Markdown. */
export function configurationTable(): string {
  const rows = Object.entries(variables.shape).map(([name, schema]) => {
    const byDefault = defaultText(schema)
    return `| \`${name}\` | ${byDefault === undefined ? '' : `\`${byDefault}\``} | ${schema.description ?? ''} |\n`
  })
  return `| variable | default | what it does |\n| --- | --- | --- |\n${rows.join('')}`
}

/** The default as one would write it into the environment. */
function defaultText(schema: z.ZodType): string | undefined {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return String(schema.def.defaultValue)
  return undefined
}
