import type { Table } from './figures.ts'
import type { Run } from './report.ts'

const width = 720
const left = 190
const barHeight = 22
const step = 30

/** Draws a run's rates as an SVG bar chart that is legible on light and dark backgrounds. */
export function toSvg({ tables: { rotation = {}, signing = {} } }: Run): string {
  const groups = [
    { title: 'rotations per second', results: rates(rotation) },
    { title: 'signatures per second, 1 KiB, two keys', results: rates(signing) },
  ]
  let y = 0
  const parts = groups.flatMap(({ title, results }) => {
    const most = Math.max(...results.map(([, perSecond]) => perSecond))
    const heading = text(0, (y += 34) - 10, title, 'font-weight="bold"')
    const bars = results.map(([name, perSecond]) => {
      const length = Math.max(1, ((width - left - 70) * perSecond) / most)
      const fill = name.startsWith('rekey') ? '#2563eb' : '#94a3b8'
      const bar = `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="3" fill="${fill}"/>`
      const row = [text(0, y + 16, name), bar, text(left + length + 8, y + 16, perSecond.toFixed(0))]
      y += step
      return row.join('\n')
    })
    return [heading, ...bars]
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 8}" font-family="system-ui, sans-serif" font-size="14">
${parts.join('\n')}
</svg>
`
}

function rates(table: Table): [string, number][] {
  return Object.entries(table).map(([name, { perSecond }]) => [name, perSecond ?? 0])
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y}" fill="#64748b" ${more}>${content}</text>`
}
