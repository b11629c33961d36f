import type { Page } from 'playwright-core'
import { expect, test, type TestContext } from 'vitest'
import { copyFrom } from '../../support/copied-text.ts'
import { enter, openReference, send, textOf } from '../../support/reference-page.ts'
import { provision } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const timeout = 60_000

/** Answers the page's next question. @returns the question's type and text */
function answerNext(page: Page, accepts: boolean): Promise<string> {
  return new Promise((resolve) => {
    page.once('dialog', (dialog) => {
      resolve(`${dialog.type()} ${dialog.message()}`)
      void (accepts ? dialog.accept() : dialog.dismiss())
    })
  })
}

/** Opens the page and sends a rotation. @returns the page, and a function that lets the request through */
async function sendHeldRotation(context: Pick<TestContext, 'skip'>) {
  const opened = await openReference(context, { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page, server, form, answer } = opened
  await provision(server)
  await enter(form, { 'Bearer Token': await token(), applicationId: 'app_1', webhookId: 'hook_1' })
  const released = Promise.withResolvers<undefined>()
  await page.route('**/secret', async (route) => {
    await released.promise
    await route.continue()
  })
  await send(form)
  await answer.getByText('Sending…').waitFor()
  const release = () => {
    released.resolve(undefined)
  }
  return { ...opened, release }
}

test(
  'the page asks before a link loses the secret of a rotation that is in progress',
  { timeout },
  async (context) => {
    const { page, form, answer, release } = await sendHeldRotation(context)
    const link = page.getByRole('link', { name: "List a webhook's events" })
    const url = page.url()
    let asked = answerNext(page, false)
    await link.click()
    expect(await asked).toMatch(/^confirm A rotation is in progress\./)
    asked = answerNext(page, false)
    await page.evaluate('void setTimeout(() => location.assign("/console"))')
    expect(await asked).toMatch(/^beforeunload/)
    expect(page.url()).toBe(url)

    release()
    await answer.getByText('New secret, shown only once').waitFor()
    asked = answerNext(page, false)
    await send(form)
    expect(await asked).toMatch(/^confirm The new secret has not been copied\. If you send this request/)
    await answer.getByText('New secret, shown only once').waitFor()
    asked = answerNext(page, false)
    await link.click()
    expect(await asked).toMatch(/^confirm The new secret has not been copied\./)
    await answer.getByText('New secret, shown only once').waitFor()
    await answer.getByRole('button', { name: 'Copy' }).click()
    await answer.getByRole('button', { name: 'Copied' }).waitFor()
    page.on('dialog', () => {
      throw new Error('the page asked although nothing is lost')
    })
    await link.click()
    await page.getByRole('heading', { name: "List a webhook's events", level: 1 }).waitFor()
    await page.reload()
  },
)

test('only a copy that contains the whole secret counts as saving it', { timeout }, async (context) => {
  const { page, answer, release } = await sendHeldRotation(context)
  const isKept = async () => {
    const asked = answerNext(page, false)
    await page.getByRole('link', { name: "List a webhook's events" }).click()
    return (await asked).startsWith('confirm ')
  }
  await copyFrom(page, '.answer p')
  expect(await isKept()).toBe(true)
  release()
  const body = answer.getByLabel('Response body')
  const secret = JSON.parse(await textOf(body)) as { signingSecret: string }
  const end = (await textOf(body)).indexOf(secret.signingSecret) + secret.signingSecret.length
  await copyFrom(page, '.answer strong')
  expect(await isKept()).toBe(true)
  await copyFrom(page, '.answer pre[aria-label="Response body"]', end - 1)
  expect(await isKept()).toBe(true)
  await copyFrom(page, '.answer pre[aria-label="Response body"]', end)
  await page.getByRole('link', { name: "List a webhook's events" }).click()
  await page.getByRole('heading', { name: "List a webhook's events", level: 1 }).waitFor()
})

test(
  'a reader who confirms leaves, and other responses need no confirmation',
  { timeout },
  async (context) => {
    const { page, server, form, answer } = await openReference(context)
    await provision(server)
    await enter(form, { 'Bearer Token': await token(), applicationId: 'app_1', webhookId: 'hook_1' })
    await send(form)
    await answer.getByText('New secret, shown only once').waitFor()
    const asked = answerNext(page, true)
    await page.getByRole('link', { name: "List a webhook's events" }).click()
    expect(await asked).toMatch(/^confirm/)
    await page.getByRole('heading', { name: "List a webhook's events", level: 1 }).waitFor()
    page.on('dialog', () => {
      throw new Error('the page asked although nothing is lost')
    })
    await send(form)
    await answer.getByText('200 OK').waitFor()
    await page.getByRole('link', { name: 'Create or update a webhook' }).click()
    await page.getByRole('heading', { name: 'Create or update a webhook', level: 1 }).waitFor()
  },
)
