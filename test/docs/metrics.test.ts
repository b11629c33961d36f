import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { code, pages, project, readPage } from '../support/documentation.ts'
import { rotate } from '../support/probes.ts'
import { provision, startServer } from '../support/server.ts'

/** Returns the names in `# TYPE` lines of a server that has keys, and the names of their series. */
async function existingMetrics() {
  const server = await startServer()
  const webhook = await provision(server)
  await rotate(server, webhook)
  await rotate(server, webhook)
  const text = await (await fetch(`${server.origin}/metrics`)).text()
  const metrics = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name)
  const series = [...text.matchAll(/^(\w+)(?=[ {])/gm)].map(([, name = '']) => name)
  return { metrics, all: new Set([...metrics, ...series]) }
}

/** `rekey_migration` is a table, not a metric. */
const named = (text: string) =>
  [
    ...text.matchAll(/(?<![\w./=-])((?:rekey_(?!migration)|process_|nodejs_)[a-z\d_]*[a-z\d])\b(?![.*])/g),
  ].map(([, name = '']) => name)

test('docs/operations.md describes every metric of Rekey, and only those that exist', async () => {
  const { metrics } = await existingMetrics()
  const described = [...readPage('docs/operations.md').matchAll(/^\| `(rekey_\w+)` /gm)].map(
    ([, name]) => name,
  )
  expect(described.sort()).toEqual(metrics.filter((name) => name.startsWith('rekey_')).sort())
})

test('every metric named in the docs, the alert rules and the dashboard exists', async () => {
  const { all } = await existingMetrics()
  const deployed = ['deploy/prometheus-rules.yaml', 'deploy/grafana-dashboard.json']
  const places = [
    ...pages.map((page) => ({ page, names: code(readPage(page)).flatMap(named) })),
    ...deployed.map((page) => ({ page, names: named(readFileSync(join(project, page), 'utf8')) })),
  ]
  expect(places.flatMap(({ names }) => names).length).toBeGreaterThan(60)
  const unknown = places.flatMap(({ page, names }) =>
    names.filter((name) => !all.has(name)).map((name) => `${page}: ${name}`),
  )
  expect(unknown).toEqual([])
})
