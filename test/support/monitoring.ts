import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { project } from './documentation.ts'

export interface AlertRule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; description: string; runbook: string }
}

interface Variable {
  name: string
  type: string
  query: string | { query: string }
}

export interface Panel {
  id: number
  type: string
  title: string
  datasource?: { type: string; uid: string }
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { expr: string; refId: string; datasource: { uid: string } }[]
}

export interface Dashboard {
  schemaVersion: number
  templating: { list: Variable[] }
  panels: Panel[]
}

export const rulesFile = join(project, 'deploy/prometheus-rules.yaml')

/** Reads the alerts of deploy/prometheus-rules.yaml. */
export function readAlerts(): AlertRule[] {
  const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: AlertRule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

/** Reads deploy/grafana-dashboard.json. */
export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(join(project, 'deploy/grafana-dashboard.json'), 'utf8')) as Dashboard
}

/** Replaces the dashboard's variables in an expression, as Grafana does. */
export function withVariables(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$job', 'rekey')
    .replaceAll('$instance', '.+')
}
