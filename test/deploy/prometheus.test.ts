import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { execute } from '../support/database.ts'
import { linkFault } from '../support/documentation.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { readAlerts, readDashboard, rulesFile, withVariables } from '../support/monitoring.ts'
import { probe, rotate, setUrl } from '../support/probes.ts'
import { startPrometheus, type Prometheus } from '../support/prometheus.ts'
import { startReceiver } from '../support/receivers.ts'
import { serve } from '../support/serve.ts'
import { apiOf, provision, temporaryFolder } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

const run = promisify(execFile)
const ruleTests = join(import.meta.dirname, 'prometheus-rules.yaml')

test('promtool accepts the alert rules without a warning', async (context) => {
  needsTools(context, 'promtool')
  const check = (file: string) => run('promtool', ['check', 'rules', '--lint-fatal', file])
  expect((await check(rulesFile)).stdout).toContain(`SUCCESS: ${readAlerts().length} rules found`)
  const misspelt = join(temporaryFolder(), 'rules.yaml')
  writeFileSync(misspelt, readFileSync(rulesFile, 'utf8').replace('annotations:', 'annotation:'))
  await expect(check(misspelt)).rejects.toThrow('annotation')
})

test('each alert fires when it should, and does not fire otherwise', async (context) => {
  needsTools(context, 'promtool')
  expect((await run('promtool', ['test', 'rules', ruleTests])).stdout).toContain('SUCCESS')
  const { tests } = parse(readFileSync(ruleTests, 'utf8')) as {
    tests: { name: string; promql_expr_test: { expr: string; exp_samples: unknown[] }[] }[]
  }
  const cases = tests.map(({ name, promql_expr_test: evaluations }) => {
    for (const { expr } of evaluations) expect(expr).toBe(`ALERTS{alertname="${name}",alertstate="firing"}`)
    return [name, new Set(evaluations.map(({ exp_samples: firing }) => firing.length > 0)).size]
  })
  expect(cases).toEqual(readAlerts().map(({ alert }) => [alert, 2]))
})

test('each alert has a severity, a summary, an instruction and a runbook that exists', () => {
  for (const { alert, labels, annotations } of readAlerts()) {
    const { summary, description, runbook } = annotations
    expect(['info', 'warning', 'critical'], alert).toContain(labels.severity)
    expect(summary.length, alert).toBeGreaterThan(20)
    expect(description, alert).toMatch(/\.$/)
    expect(runbook, alert).toMatch(/^docs\/(?:operations|troubleshooting)\.md#/)
    expect(linkFault('README.md', runbook), alert).toBeUndefined()
  }
})

test('every alert and every panel gets data from a Prometheus that scrapes a real server', async (context) => {
  needsTools(context, 'prometheus')
  const { origin, drive } = await startBusyServer()
  const prometheus = await startPrometheus(origin, rulesFile)
  const alerts = readAlerts()
  const panels = readDashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ name: title, expr: withVariables(expr) })),
  )
  const expressions = [
    // `absent` returns something only when the alert fires.
    ...alerts
      .filter(({ expr }) => !expr.startsWith('absent('))
      .map(({ alert, expr }) => ({ name: alert, expr: withoutThreshold(expr) })),
    ...alerts.flatMap(({ alert, expr }) =>
      [...expr.matchAll(/\b[a-z_]+\{[^}]*\}/g)].map(([selector]) => ({ name: alert, expr: selector })),
    ),
    ...panels,
  ]
  expect(expressions.length).toBeGreaterThan(60)

  let lacking = expressions
  await expect
    .poll(
      async () => {
        await drive()
        const answered = await Promise.all(lacking.map(({ expr }) => hasData(prometheus, expr)))
        lacking = lacking.filter((_, index) => !answered[index])
        return lacking
      },
      { timeout: 30_000, interval: 300 },
    )
    .toEqual([])
  // Prometheus evaluates the rules itself, and renders the texts of those that fire.
  await expect.poll(() => firing(prometheus), { timeout: 15_000 }).toContain('RekeyInternalError')
  const { groups } = (await prometheus.read('rules')) as {
    groups: { rules: { name: string; health: string; lastError?: string }[] }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  expect(rules.map(({ name }) => name)).toEqual(alerts.map(({ alert }) => alert))
  for (const { name, health, lastError } of rules)
    expect([health, lastError], name).toEqual(['ok', undefined])
})

/** Removes the comparison at the end of an alert's expression. */
function withoutThreshold(expression: string): string {
  return expression.trim().replace(/\s(?:>|<|==) [\d. *]+$/, '')
}

async function hasData({ query }: Prometheus, expression: string): Promise<boolean> {
  return (await query(expression)).some(({ value }) => value !== null)
}

async function firing({ read }: Prometheus): Promise<string[]> {
  const { alerts } = (await read('alerts')) as {
    alerts: { state: string; labels: { alertname: string }; annotations: Record<string, string> }[]
  }
  for (const { annotations } of alerts) expect(JSON.stringify(annotations)).not.toMatch(/\{\{|<error/)
  return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)
}

/** Starts a server on SQLite that has keys, open overlaps, and failed requests of every kind. */
async function startBusyServer() {
  const folder = temporaryFolder()
  const databaseUrl = `sqlite:${join(folder, 'rekey.db')}`
  const { origin } = await serve(folder, {
    ...exampleEnvironment,
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    REKEY_PROBE_ALLOW: '127.0.0.1',
    REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '2',
  })
  const server = { origin, databaseUrl, folder, logs: [], api: apiOf(origin), close: () => Promise.resolve() }
  const receiver = await startReceiver(() => 204)
  const webhook = await provision(server)
  await setUrl(server, webhook, receiver.url)
  await rotate(server, webhook)
  await rotate(server, webhook)
  const unproven = await provision(server, 'app_1', 'unproven')
  await rotate(server, unproven)
  await rotate(server, unproven, { endWhenProven: true })
  await execute(databaseUrl, 'alter table signing_keys rename to mislaid')
  const failed = [
    await probe(server, webhook),
    await server.api('POST', `${webhook}/signatures`, { body: { payload: '' } }),
  ]
  expect(failed.map(({ status }) => status)).toEqual([500, 500])
  await execute(databaseUrl, 'alter table mislaid rename to signing_keys')

  const drive = async () => {
    const [signed, probed] = await Promise.all([
      server.api('POST', `${webhook}/signatures`, { body: { payload: '{}' } }),
      probe(server, webhook),
      server.api('GET', webhook, { token: null }),
      rotate(server, webhook, { overlapSeconds: 600 }),
      fetch(`${origin}/readyz`),
    ])
    expect([signed.status, probed.status]).toEqual([200, 200])
  }
  return { origin, drive }
}
