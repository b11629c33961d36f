import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withSections } from '../page-section.ts'
import { root } from './contenders.ts'
import { toSvg } from './plot.ts'
import { toMarkdown, toSummary, type Run } from './report.ts'
import { toSizes } from './sizes.ts'

/** Writes a run's results, and the sections of the pages that show them. */
export function write(run: Run): void {
  writeFileSync(join(root, 'docs/bench.json'), `${JSON.stringify(run, null, 2)}\n`)
  writeFileSync(join(root, 'docs/bench.svg'), toSvg(run))
  const pages = {
    'docs/benchmarks.md': { speed: toMarkdown(run) },
    'docs/capacity.md': { sizes: toSizes(run) },
    'README.md': { performance: toSummary(run) },
  }
  for (const [page, sections] of Object.entries(pages))
    writeFileSync(join(root, page), withSections(page, 'npm run bench', sections))
}
