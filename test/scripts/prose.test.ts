import { expect, test } from 'vitest'
import { extractProse } from '../../scripts/prose/extract.ts'
import { findOldTerms } from '../../scripts/prose/find-old-terms.ts'
import { terms } from '../../scripts/prose/terms.ts'

test.for(terms)('the term $old matches its bad example and none of its good examples', async (term) => {
  const { bad, good = [] } = term
  expect(await findOldTerms('page.md', bad, [term])).toHaveLength(1)
  for (const sentence of good) expect(await findOldTerms('page.md', sentence, [term])).toEqual([])
})

const places: [place: string, file: string, source: string, line: number][] = [
  ['a paragraph', 'README.md', '# Rekey\n\nThe trail tells\nof each rotation.', 3],
  ['a table', 'README.md', '| a | b |\n| - | - |\n| 1 | tells of it |', 3],
  ['a link', 'README.md', 'See [what tells of it](page.md).', 1],
  ['a docstring', 'a.ts', 'let a\n/**\n * The trail tells\n * of each rotation.\n */\nlet b', 3],
  ['a line comment', 'a.ts', 'f({\n  // The trail tells\n  // of each rotation.\n})', 2],
  ['a trailing comment', 'a.ts', 'let a\nlet b // tells of it', 2],
  ['a comment at the end of a file', 'a.ts', 'let a\n// tells of it', 2],
  ['a test title', 'a.test.ts', "import 'vitest'\ntest('the trail tells of it', () => {})", 2],
  ['a table of test titles', 'a.test.ts', "test.each([\n  ['tells of it', 1],\n])('%s', f)", 2],
  ['an error message', 'a.ts', 'if (a)\n  throw new Error(`${a} tells of it`)', 2],
  ["a RekeyError's message", 'a.ts', "new RekeyError('conflict', {\n  message: 'It tells of it',\n})", 2],
  ['a concatenation', 'a.ts', "log.info(\n  'The trail ' + name + ' tells ' +\n    'of it')", 2],
  ['a usage text', 'a.ts', 'const usage = `rekey ${\n  name\n} <id>\n\n    tells\\nof it`', 5],
  ['a description', 'a.ts', "z.string()\n  .describe('Tells of it')", 2],
  ['a text inside a template', 'a.ts', "html`<p>\n ${a ? 'It tells of it' : ''}</p>`", 2],
  ['markup', 'a.ts', 'html`<p>\n  <b title="tells of it">a</b></p>`', 2],
  ['plain JavaScript', 'a.cjs', '#!/usr/bin/env node\n// tells of it', 2],
  ['OpenAPI', 'openapi/a.yaml', 'get:\n  description: >-\n    The trail tells\n    of each rotation.', 3],
  ['YAML', 'compose.yaml', 'a: 1\n# The trail tells\n# of each rotation.', 2],
  ['a stylesheet', 'a.css', 'a {}\n/* The trail tells\n   of each rotation. */', 2],
  ['an HTML page', 'a.html', '<body>\n<p>It tells of it</p>', 2],
  ['a shell script', '.ci/run', '#!/bin/sh\necho "It tells of it"', 2],
  ['a Dockerfile', 'Dockerfile', 'FROM a\n# The trail tells\n# of each rotation.', 2],
]

test.for(places)('finds an old term in %s and reports its line', async ([, file, source, line]) => {
  expect(await findOldTerms(file, source)).toEqual([
    { line, message: expect.stringMatching(/tells of/i) as string },
  ])
})

test.for([
  ['inline code', 'README.md', 'The option `tells of` is unknown.'],
  ['inline code in a comment', 'a.ts', '// The option `tells of` is unknown.'],
  ['a block of code', 'README.md', '```\ntells of it\n```'],
  ['code', 'a.ts', 'const anew = somebody / tells.of'],
  ['a single word', 'a.ts', "const kind = 'anew'"],
  ['a term split across two comments', 'a.ts', '// tells\nlet a\n// of it'],
  ['an answer to the question on the page', 'src/http/pages/feedback.ts', '// Counts every answer.'],
  ['a term split across two titles', 'a.ts', "test('it tells', f)\ntest('of it', f)"],
] as const)('finds no old term in %s', async ([, file, source]) => {
  expect(await findOldTerms(file, source)).toEqual([])
})

test('extracts prose without comment markers, markup or expressions', () => {
  const source =
    "/** Reads <id>.\n * @returns it */\nconst a = `no ${f({ b: 1 })} found: ${c}` + ' or \\'d\\''"
  expect(extractProse('a.ts', source).filter(({ text }) => text !== '')).toEqual([
    { text: 'Reads  id .', line: 1 },
    { text: '@returns it', line: 2 },
    { text: 'no … found: …', line: 3 },
    { text: "or 'd'", line: 3 },
  ])
})
