import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { readLines, searchesFile, type Place, type Search } from '../support/secret-search.ts'

const places: Place[] = ['database file', 'write-ahead log', 'PostgreSQL', 'log']
const searches = readLines(searchesFile()).map((line) => JSON.parse(line) as Search)
const total = (part: 'secrets' | 'bytes', place: Place) =>
  searches.filter((search) => search.place === place).reduce((sum, search) => sum + search[part], 0)

/** After each test, a search fails the test if it finds a plaintext secret. This file checks that the searches ran. */
test('the test run searched each database for every secret that its servers issued', () => {
  const runFolder = inject('runFolder')
  const ledgers = readdirSync(runFolder).filter((name) => name.endsWith('.ledger'))
  const unsearched = ledgers.filter((ledger) => {
    const last = searches.findLast((search) => search.ledger === ledger && search.place !== 'log')
    return last?.secrets !== new Set(readLines(join(runFolder, ledger))).size
  })
  const secrets = ledgers.flatMap((ledger) => readLines(join(runFolder, ledger)))
  console.log(`${new Set(secrets).size} secrets were searched for:`)
  for (const place of places) console.log(`  ${total('bytes', place)} bytes of ${place}, none found`)
  expect(unsearched).toEqual([])
  expect(secrets.length).toBeGreaterThan(300)
})

test.for(places)('the test run searched more than 100,000 bytes for more than 100 secrets (%s)', (place) => {
  expect(total('secrets', place)).toBeGreaterThan(100)
  expect(total('bytes', place)).toBeGreaterThan(100_000)
})
