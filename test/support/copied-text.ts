import type { Page } from 'playwright-core'

/** Selects the first text in an element, and copies it. @param length how many characters; all of them by default */
export async function copyFrom(page: Page, selector: string, length?: number): Promise<void> {
  await page.evaluate(`{
    const element = document.querySelector('${selector}')
    const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode()
    getSelection().setBaseAndExtent(text, 0, text, ${length ?? 'text.length'})
  }`)
  await page.keyboard.press('ControlOrMeta+c')
}
