import { expect, test } from 'vitest'
import { hookAddress, openConsole } from '../../support/console.ts'
import { present } from '../../support/present.ts'
import { provision, startServer } from '../../support/server.ts'

test(
  'if messages carry only one signature, the console says which key signs, before and during an overlap',
  { timeout: 60_000 },
  async (context) => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1', 'github')
    const body = { signingSecret: 'correct-horse-battery' }
    const { keyFingerprint: old } = (await server.api('PATCH', `${webhook}/secret`, { body })).body
    const { page } = await openConsole(context, server, { at: hookAddress })
    await page.getByText('Signed as github, in the header X-Hub-Signature-256').waitFor()
    await page.getByRole('button', { name: 'Rotate secret…' }).click()
    await page.getByText(`The oldest key ${old} signs alone until`).waitFor()
    await page.getByRole('button', { name: 'Rotate', exact: true }).click()
    await page.locator('.secret .value').waitFor()
    await page.getByText(`${old} signs alone until`).first().waitFor()
    await page.getByText('2 keys are live, but a message carries only one signature.').waitFor()
    await page.getByText('does not sign yet').waitFor()
    const { current, previous } = (await server.api('GET', `${webhook}/secret`)).body
    expect([present(current).signs, present(previous[0]).signs]).toEqual([false, true])
  },
)
