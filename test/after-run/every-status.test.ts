import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { documentedOperations } from '../support/document.ts'
import { observedStatusesFile } from '../support/observed-responses.ts'

const declared = documentedOperations.map(({ operationId = '', responses }) => ({
  operationId,
  statuses: Object.keys(responses),
}))

test('during the test run, every operation returned each of its documented statuses', () => {
  const file = observedStatusesFile()
  const answered = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
  const missing = declared.flatMap(({ operationId, statuses }) =>
    statuses.map((status) => `${operationId} ${status}`).filter((pair) => !answered.has(pair)),
  )
  console.log(table(answered))
  expect(missing).toEqual([])
})

/** Formats a table of operations and statuses: yes (returned), NO (never returned) or · (undocumented). */
function table(answered: Set<string>): string {
  const columns = [...new Set(declared.flatMap(({ statuses }) => statuses))].sort()
  const width = Math.max(...declared.map(({ operationId }) => operationId.length))
  const rows = declared.map(({ operationId, statuses }) => {
    const cells = columns.map((status) => {
      if (!statuses.includes(status)) return ' · '
      return answered.has(`${operationId} ${status}`) ? 'yes' : 'NO '
    })
    return `${operationId.padEnd(width)} ${cells.join(' ')}`
  })
  return [`${' '.repeat(width)} ${columns.join(' ')}`, ...rows].join('\n')
}
