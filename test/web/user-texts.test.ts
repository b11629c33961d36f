import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openConsole } from '../support/console.ts'
import { invite } from '../support/invitations.ts'
import { newSecret } from '../support/probes.ts'
import { openInvitation, rotateButton } from '../support/rotate-page.ts'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

/** Overrides the direction of what follows, unless an element keeps it to itself. */
const hostile = '\u202Etxt.exe'

/**
 * Returns the hostile texts on the page that are not alone in an element which keeps their direction to itself, and how
 * many there are in total.
 */
function found(page: Page): Promise<{ leaks: string[]; total: number }> {
  return page.evaluate<{ leaks: string[]; total: number }>(`{
    const hostile = ${JSON.stringify(hostile)}
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const shown = []
    while (texts.nextNode()) if (texts.currentNode.data.includes(hostile)) shown.push(texts.currentNode)
    const fields = [...document.querySelectorAll('input')].filter(({ value }) => value.includes(hostile))
    const isAlone = ({ data, parentElement }) => {
      const own = parentElement.closest('bdi, [dir=auto]')
      return own !== null && own.textContent.trim() === data.trim()
    }
    const leaks = [
      ...shown.filter((text) => !isAlone(text)).map(({ parentElement }) => parentElement.outerHTML),
      ...fields.filter(({ dir }) => dir !== 'auto').map(({ outerHTML }) => outerHTML),
    ]
    ;({ leaks, total: shown.length + fields.length })
  }`)
}

test('no text that users write changes the direction of the text around it', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  const actor = await token({ sub: hostile })
  const put = (path: string, body: object) => server.api('PUT', path as '/applications/app_1', { body })
  await put('/applications/app_1', { name: hostile })
  await put(webhook, { url: 'https://merchant.example/webhooks', description: hostile })
  await newSecret(server, webhook, { reason: hostile })
  const { body } = await server.api('PATCH', `${webhook}/secret`, { token: actor, body: { reason: hostile } })
  const invitation = await invite(server, webhook, { reason: hostile }, actor)
  const { page } = await openConsole(context, server, { as: { sub: hostile } })
  const check = async (hash: string, count: number, act?: () => Promise<unknown>) => {
    await page.evaluate(`location.hash = '${hash}'`)
    await act?.()
    await expect.poll(() => found(page), { timeout: 5_000 }).toEqual({ leaks: [], total: count })
  }
  const edit = () => page.getByRole('button', { name: 'Edit…' }).click()
  const cancel = () => page.getByRole('button', { name: 'Cancel' }).click()
  await check('#/applications', 2)
  await check('#/applications/app_1', 2)
  await check('#/applications/app_1', 3, edit)
  await cancel()
  await check('#/applications/app_1/webhooks/hook_1', 11)
  await check('#/applications/app_1/webhooks/hook_1', 12, edit)
  await cancel()
  await check('#/find', 2, async () => {
    await page.getByLabel('Secret').fill(body.signingSecret)
    await page.getByRole('button', { name: 'Find its webhook' }).click()
  })
  const { page: rotate } = await openInvitation(context, server, invitation.url)
  await rotateButton(rotate).waitFor()
  expect(await found(rotate)).toEqual({ leaks: [], total: 1 })
  await rotateButton(rotate).click()
  await rotate.getByRole('heading', { name: 'Here is the new secret' }).waitFor()
  expect(await found(rotate)).toEqual({ leaks: [], total: 1 })
})
