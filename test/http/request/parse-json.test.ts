import { expect, test } from 'vitest'
import { parseJson } from '../../../src/http/request/parse-json.ts'

test.each([
  ['a string of any length', { payload: 'x'.repeat(1_000_000) }],
  ['many quotes in a string', { payload: '"'.repeat(500_000) }],
  ['many backslashes in a string', { payload: '\\'.repeat(500_001) }],
  ['brackets in a string', { payload: '[{,'.repeat(300_000) }],
  ['text in any script in a string', { payload: 'é漢\u{1f511}'.repeat(100_000) }],
  ['a structure of 64 KiB', { list: Array.from({ length: 32_700 }, () => 1) }],
])('accepts %s', (_, value) => {
  expect(parseJson(Buffer.from(JSON.stringify(value)))).toEqual(value)
})

test.each([
  ['nested arrays', '['.repeat(40_000) + ']'.repeat(40_000)],
  ['empty objects', `[${'{},'.repeat(30_000)}{}]`],
  ['empty strings', `[${'"",'.repeat(70_000)}""]`],
  ['properties', `{${Array.from({ length: 25_000 }, (__, i) => `"a${i}":1`).join()}}`],
  ['whitespace', `{}${' '.repeat(70_000)}`],
  ['arrays after a long string', `["${'x\\"'.repeat(100_000)}",${'[],'.repeat(30_000)}[]]`],
])('rejects more than 64 KiB of %s outside strings', (_, body) => {
  expect(() => parseJson(Buffer.from(body))).toThrow(
    'must not have more than 65536 bytes outside its strings',
  )
})

test.each(['{"__proto__":1}', '{"headers":{"__proto__":""}}', '[{"_\\u005fpr\\u006Fto__" :{}}]'])(
  'rejects %s, because a property must not be named __proto__',
  (body) => {
    expect(() => parseJson(Buffer.from(body))).toThrow('must be a JSON object')
  },
)

test.each(['{"payload":"\\"__proto__\\":1"}', '{"payload":"__proto__"}', '{"constructor":1}'])(
  'accepts %s, because no property is named __proto__',
  (body) => {
    expect(parseJson(Buffer.from(body))).toEqual(JSON.parse(body))
  },
)

test.each([
  ['an overlong encoding', [0x22, 0xc0, 0xaf, 0x22]],
  ['a lone surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ['a byte of Latin-1', [0x22, 0xe9, 0x22]],
])('rejects a body that is not UTF-8: %s', (_, bytes) => {
  expect(() => parseJson(Buffer.from([0x5b, ...bytes, 0x5d]))).toThrow('encoded in UTF-8')
})
