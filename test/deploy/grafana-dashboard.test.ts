import { expect, test } from 'vitest'
import { readDashboard, type Panel } from '../support/monitoring.ts'

const { panels, schemaVersion, templating } = readDashboard()
const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })))

/** Returns the cells of Grafana's grid, which has 24 columns, that a panel covers. */
function cells({ gridPos: { x, y, w, h } }: Panel): string[] {
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`)
}

test('the panels of the dashboard have unique IDs, and lie side by side without an overlap', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  for (const { title, gridPos } of panels) expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
  const covered = panels.flatMap(cells)
  expect(new Set(covered).size).toBe(covered.length)
  const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h))
  expect(covered).toHaveLength(24 * rows)
})

test('the dashboard asks for the data source, the job and the instances, and every query uses them', () => {
  expect(schemaVersion).toBeGreaterThanOrEqual(36)
  expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
    ['datasource', 'datasource'],
    ['job', 'query'],
    ['instance', 'query'],
  ])
  expect(queries.length).toBeGreaterThan(25)
  for (const { title, expr } of queries) {
    const selectors = [...expr.matchAll(/[a-z]\w*\{([^}]*)\}/g)].map(([, matchers]) => matchers)
    expect(selectors.length, title).toBeGreaterThan(0)
    for (const matchers of selectors)
      expect(matchers, title).toMatch(/^job="\$job",instance=~"\$instance"(?:,|$)/)
  }
  const datasource = { type: 'prometheus', uid: '${datasource}' }
  for (const { title, type, datasource: given, targets = [] } of panels) {
    if (type === 'row') continue
    expect(given, title).toEqual(datasource)
    for (const target of targets) expect(target.datasource, title).toEqual(datasource)
  }
})
