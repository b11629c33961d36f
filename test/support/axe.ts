import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** Axe's violations in the selected elements, by default in the whole page. Each names its element. */
export async function barriers(page: Page, selectors: string[] = ['html']): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe.source)
  const context = JSON.stringify({ include: selectors.map((selector) => [selector]) })
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(${context}, { resultTypes: ['violations'] })`,
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary}`),
  )
}
