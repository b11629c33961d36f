import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * Runs axe on the selected elements, by default on the whole page.
 * @returns one line for each element that violates a rule
 */
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
