import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { readLines, searchesFile, type Place, type Search } from '../support/secret-search.ts'

const places: Place[] = ['database file', 'write-ahead log', 'PostgreSQL', 'log']
const searches = readLines(searchesFile()).map((line) => JSON.parse(line) as Search)
const total = (part: 'secrets' | 'bytes', place: Place) =>
  searches.filter((search) => search.place === place).reduce((sum, search) => sum + search[part], 0)

/** Each search fails the test that it follows if it finds one; here is seen to it that there was a search. */
test('every secret that was handed out in the run was searched for in the database that keeps it sealed', () => {
  const runFolder = inject('runFolder')
  const ledgers = readdirSync(runFolder).filter((name) => name.endsWith('.ledger'))
  const unsearched = ledgers.filter((ledger) => {
    const last = searches.findLast((search) => search.ledger === ledger && search.place !== 'log')
    return last?.secrets !== new Set(readLines(join(runFolder, ledger))).size
  })
  const secrets = ledgers.flatMap((ledger) => readLines(join(runFolder, ledger)))
  console.log(`${new Set(secrets).size} secrets were searched for:`)
  for (const place of places) console.log(`  ${total('bytes', place)} bytes of ${place}, and none found`)
  expect(unsearched).toEqual([])
  expect(secrets.length).toBeGreaterThan(300)
})

test.for(places)('a secret is in no %s', (place) => {
  expect(total('secrets', place)).toBeGreaterThan(100)
  expect(total('bytes', place)).toBeGreaterThan(100_000)
})
