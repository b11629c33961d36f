import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openConsole } from '../../support/console.ts'
import { execute } from '../../support/database.ts'
import { newSecret } from '../../support/probes.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'

const day = 86_400_000

/** Opens an overlap for each of the webhooks. Later ones end sooner. */
async function openOverlaps(server: TestServer, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    const webhook = await provision(server, `app_${number % 7}`, `hook_${number}`)
    await newSecret(server, webhook)
    await newSecret(server, webhook, { overlapSeconds: 86_400 - number * 60 })
  }
}

/** Waits until the section says this in place of the items that it does not show. */
async function says(section: Locator, text: string): Promise<void> {
  await expect.poll(() => section.locator('p').last().innerText(), { timeout: 10_000 }).toBe(text)
}

test('of a hundred overlaps, the home shows the ten that end first, and links to the others', async (context) => {
  const server = await startServer()
  await openOverlaps(server, 101)
  const { page } = await openConsole(context, server)
  const open = page.getByRole('region', { name: 'Open overlaps' })
  await open.getByRole('heading', { name: 'Open overlaps 101' }).waitFor()
  expect(await open.locator('strong').allTextContents()).toEqual(
    Array.from({ length: 10 }, (_, index) => `hook_${101 - index}`),
  )
  await says(
    open,
    'These 10 end first. By application: app_3 (15), app_2 (15), app_1 (15), app_0 (14), app_6 (14), and 2 more applications',
  )
  await open.getByRole('link', { name: 'app_3', exact: true }).click()
  await page.getByRole('heading', { name: 'app_3', level: 1 }).waitFor()
  expect(new URL(page.url()).hash).toBe('#/applications/app_3?state=overlap')
})

/** Hides from the page that the lists of keys end. */
async function neverEnd(page: Page): Promise<void> {
  await page.route('**/keys?*', async (route) => {
    if (route.request().url().includes('cursor=')) {
      await route.fulfill({ json: { items: [], nextCursor: 'more' } })
      return
    }
    const response = await route.fetch()
    const body = (await response.json()) as object
    await route.fulfill({ response, json: { ...body, nextCursor: 'more' } })
  })
}

test('of lists that it has not read to the end, the home claims no more than it knows', async (context) => {
  let behindMs = 91 * day
  const server = await startServer({ now: () => Date.now() - behindMs })
  await openOverlaps(server, 11)
  behindMs = 0
  const { page } = await openConsole(context, server)
  const refresh = () => page.getByRole('button', { name: 'Refresh' }).click()
  const failed = page.getByRole('region', { name: 'Recent failures' })
  const open = page.getByRole('region', { name: 'Open overlaps' })
  const due = page.getByRole('region', { name: 'Secrets older than 90 days' })
  await says(open, 'No overlap is open.')
  const all = 'app_1 (2), app_2 (2), app_3 (2), app_4 (2), app_5 (1), and 2 more applications'
  await says(due, `These 10 are the oldest. By application: ${all}`)
  await neverEnd(page)
  await refresh()
  await says(failed, 'This page has found none, but has not read every key.')
  await says(open, 'This page has found none, but has not read every key.')
  const some = 'app_1 (2+), app_2 (2+), app_3 (2+), app_4 (2+), app_5 (1+), and at least 2 more applications'
  await says(due, `These 10 are the oldest. By application: ${some}`)

  await openOverlaps(server, 11)
  await refresh()
  await says(open, `Of the 11 that this page has read, these 10 end first. By application: ${some}`)
  await says(due, 'This page has found none, but has not read every key.')
  await execute(server.databaseUrl, 'update signing_keys set sealed_secret = null, sealed_by = null')
  await refresh()
  await says(failed, 'These are 10 of 33+: lost secrets first, then the newest failures.')
})

test('a home that has found nothing, but has not read every key, does not say that all is well', async (context) => {
  const server = await startServer()
  await provision(server)
  const { page } = await openConsole(context, server)
  await page.getByText('All is well').waitFor()
  await neverEnd(page)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByRole('heading', { name: 'Open overlaps' }).waitFor()
  expect(await page.getByText('All is well').count()).toBe(0)
})
