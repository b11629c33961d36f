import { createRequire } from 'node:module'
import { TextlintKernel, type TextlintPluginCreator, type TextlintRuleModule } from '@textlint/kernel'
// @ts-expect-error -- this package has no types
import terminology from 'textlint-rule-terminology'
import { extractProse } from './extract.ts'
import { terms } from './terms.ts'

export interface Finding {
  line: number
  message: string
}

// Uses `require`, because Node and Vitest disagree about the default export of this CommonJS module.
const { default: markdown } = createRequire(import.meta.url)('@textlint/textlint-plugin-markdown') as {
  default: TextlintPluginCreator
}
const kernel = new TextlintKernel()

/** Finds the listed old terms in a file's prose. */
export async function findOldTerms(file: string, source: string, list = terms): Promise<Finding[]> {
  const lines = extractProse(file, source)
  const wanted = list.filter(({ notIn }) => !notIn?.test(file))
  const options = {
    terms: wanted.map(({ old, better }) => [new RegExp(old.source.replaceAll(' ', '\\s+')), better]),
    defaultTerms: false,
    skip: [],
  }
  const { messages } = await kernel.lintText(lines.map(({ text }) => text).join('\n'), {
    ext: '.md',
    plugins: [{ pluginId: 'markdown', plugin: markdown }],
    rules: [{ ruleId: 'terminology', rule: terminology as TextlintRuleModule, options }],
  })
  return messages
    .map(({ loc, message }) => ({
      line: lines[loc.start.line - 1]?.line ?? 0,
      message: message.replace(/\s+/g, ' '),
    }))
    .toSorted((a, b) => a.line - b.line)
}
