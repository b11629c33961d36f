import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import json from '../../generated/openapi.json' with { type: 'json' }
import { goEnvironment } from '../support/go.ts'
import { temporaryFolder } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

/** Every pattern in the OpenAPI document. */
const patterns = [...new Set(patternsIn(json))].sort()

function patternsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  const own = 'pattern' in node && typeof node.pattern === 'string' ? [node.pattern] : []
  return [...own, ...Object.values(node).flatMap(patternsIn)]
}

/** Samples on which every language must agree: some match, some almost match. */
const texts = patterns.flatMap((pattern) =>
  fc
    .sample(fc.stringMatching(new RegExp(pattern, 'u')), { numRuns: 20, seed: 1 })
    .flatMap((text) => [text, `${text}-`, text.slice(1), `${text} `]),
)
const cases = patterns.map((pattern) => ({ pattern, texts: ['a\0b', ...texts].filter(isPortable) }))
const verdicts = cases.map(({ pattern, texts }) => texts.map((text) => new RegExp(pattern, 'u').test(text)))

/** Omits cases that languages define differently: line ends (`$`, `.`) and lone surrogates. */
function isPortable(text: string): boolean {
  return text.isWellFormed() && !/[\n\r\u0085\u2028\u2029]/.test(text)
}

const python = `
import json, pathlib, re, sys, warnings
warnings.simplefilter('error')
cases = json.loads(pathlib.Path(sys.argv[1]).read_text())
print(json.dumps([[re.search(c['pattern'], t) is not None for t in c['texts']] for c in cases]))
`
const ruby = `
require 'json'
def $stderr.write(*texts) = raise(texts.join)
$VERBOSE = true
puts JSON.generate(JSON.parse(File.read(ARGV[0])).map { |c|
  r = Regexp.new(c['pattern'])
  c['texts'].map { |t| r.match?(t) }
})
`
const go = `
package main

import ("encoding/json"; "fmt"; "os"; "regexp")

func main() {
	data, _ := os.ReadFile(os.Args[1])
	var cases []struct{ Pattern string; Texts []string }
	if err := json.Unmarshal(data, &cases); err != nil { panic(err) }
	verdicts := [][]bool{}
	for _, c := range cases {
		r := regexp.MustCompile(c.Pattern)
		row := []bool{}
		for _, t := range c.Texts { row = append(row, r.MatchString(t)) }
		verdicts = append(verdicts, row)
	}
	out, _ := json.Marshal(verdicts)
	fmt.Println(string(out))
}
`

test('every pattern in the document matches some texts and rejects others', () => {
  expect(patterns.length).toBeGreaterThan(15)
  for (const [index, row] of verdicts.entries()) expect(new Set(row).size, patterns[index]).toBe(2)
})

test('every pattern compiles with the v flag, which browsers use for the HTML pattern attribute', () => {
  for (const [index, { pattern, texts: all }] of cases.entries())
    expect(all.map((text) => new RegExp(pattern, 'v').test(text))).toEqual(verdicts[index])
})

test.for([
  ['python3', 'match.py', python],
  ['ruby', 'match.rb', ruby, '-W2'],
  ['go', 'match.go', go, 'run'],
])('%s compiles every pattern without a warning, and matches the same texts', async (language, context) => {
  const [program = '', file = '', source = '', ...args] = language
  needsTools(context, program)
  const folder = temporaryFolder()
  writeFileSync(join(folder, file), source)
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases))
  const env = { ...process.env, ...goEnvironment, LANG: 'C.UTF-8' }
  const options = { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }
  const { stdout, stderr } = await promisify(execFile)(program, [...args, file, 'cases.json'], options)
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual(verdicts)
})
