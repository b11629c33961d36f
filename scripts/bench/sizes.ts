import type { Run, Tables } from './report.ts'

/** Measured by scripts/capacity.ts: a webhook with its first event, and a rotation whose secret is erased. */
const bytesPerWebhook = 560
const bytesPerRotation = 930
const rotationsPerYear = 12

/** Formats the table of docs/capacity.md: instances and disk space by deliveries per second. */
export function toSizes({ tables }: Run): string {
  const cases = [
    { deliveries: 1, webhooks: 1_000 },
    { deliveries: 100, webhooks: 10_000 },
    { deliveries: 10_000, webhooks: 1_000_000 },
  ]
  const one = signaturesPerSecond(tables, 'rekey')
  const fanOuts = signaturesPerSecond(tables, 'rekey, fan-outs')
  const rows = cases.map(({ deliveries, webhooks }) => {
    const gigabytes = (webhooks * (bytesPerWebhook + rotationsPerYear * bytesPerRotation)) / 1e9
    const size = gigabytes < 1 ? `${rounded(gigabytes * 1000)} MB` : `${rounded(gigabytes)} GB`
    const cells = [deliveries, webhooks].map((count) => count.toLocaleString('en'))
    return `| ${[...cells, instances(deliveries, one), instances(deliveries, fanOuts), size].join(' | ')} |\n`
  })
  return `| deliveries per second | webhooks | one signature per request | 100 per request | database after a year |
| ---: | ---: | --- | --- | ---: |
${rows.join('')}`
}

/**
 * Returns the rate of the table's first contender whose name begins with `name`; undefined if it was not measured.
 */
function signaturesPerSecond({ signing = {} }: Tables, name: string): number | undefined {
  return Object.entries(signing).find(([contender]) => contender.startsWith(name))?.[1].perSecond ?? undefined
}

/** Plans for half of the measured rate, so that a peak does not make senders wait. */
function instances(deliveries: number, perSecond: number | undefined): string {
  if (perSecond === undefined) return 'not measured'
  const busy = deliveries / perSecond
  if (busy > 0.5) return `${Math.ceil(busy * 2) + 1} instances, of which 1 may fail`
  return `1 instance, ${busy < 0.01 ? 'under 1%' : `${Math.ceil(busy * 100)}%`} busy`
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(2)))
}
