import { expect } from 'vitest'

/** Reads /metrics. @returns the value of each series, by its name with labels as Prometheus prints them */
export async function readMetrics({ origin }: { origin: string }): Promise<Record<string, number>> {
  const response = await fetch(`${origin}/metrics`)
  expect(response.status).toBe(200)
  const lines = (await response.text()).matchAll(/^(\w+(?:\{.*\})?) (\S+)$/gm)
  return Object.fromEntries([...lines].map(([, series = '', value]) => [series, Number(value)]))
}

/** Reads the gauges that describe the keys in the database. Absent gauges are absent from the result. */
export async function readKeyGauges(server: { origin: string }): Promise<Record<string, number>> {
  const names =
    /^rekey_(?:database_up|oldest_|open_overlaps|proven_|unproven_|time_to_|lost_|open_invitations)/
  return Object.fromEntries(Object.entries(await readMetrics(server)).filter(([name]) => names.test(name)))
}
