import { expect, test } from 'vitest'
import { listAddress, openConsole } from '../../support/console.ts'
import { newSecret } from '../../support/probes.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { listed, noteCalls, provisionMany, webhooksAddress } from '../../support/webhook-list.ts'

const dayMs = 86_400_000

/** Creates webhooks that differ in everything that the list filters by. @param setTime sets the server's clock */
async function provisionVariety(server: TestServer, setTime: (time: number) => void): Promise<void> {
  const put = async (id: string, url: string, description?: string) => {
    const webhook = await provision(server, 'app_1', id)
    await server.api('PUT', webhook, { body: { url, description } })
    return webhook
  }
  const start = Date.now()
  setTime(start - 100 * dayMs)
  await newSecret(server, await put('oldest', 'https://north.example/orders'))
  setTime(start - 40 * dayMs)
  await newSecret(server, await put('old', 'https://south.example/hooks', 'Needs 100%_care'))
  setTime(start)
  const overlapping = await put('Overlapping', 'https://south.example/orders')
  await newSecret(server, overlapping)
  await newSecret(server, overlapping)
  await put('empty', 'https://west.example/hooks')
}

test('search, filters and order show what matches, and how many of how many', async (context) => {
  let time = Date.now()
  const server = await startServer({ now: () => time })
  await provisionVariety(server, (now) => {
    time = now
  })
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  const count = page.locator('.list-count')
  await count.getByText('4 webhooks', { exact: true }).waitFor()
  const search = page.getByRole('searchbox', { name: 'Search webhooks' })
  for (const [text, found] of [
    ['ORDERS', ['Overlapping', 'oldest']],
    ['lapp', ['Overlapping']],
    ['%_', ['old']],
  ] as const) {
    await search.fill(text)
    await count.getByText(`${found.length} of 4 match`).waitFor()
    await expect.poll(() => listed(page)).toEqual(found)
    expect(new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('search')).toBe(text)
  }
  await search.fill('')
  await count.getByText('4 webhooks', { exact: true }).waitFor()
  for (const [label, option, found] of [
    ['State', 'No secret', ['empty']],
    ['State', 'One live key', ['old', 'oldest']],
    ['State', 'In an overlap', ['Overlapping']],
    ['State', 'Any state', ['Overlapping', 'empty', 'old', 'oldest']],
    ['Age of the secret', 'Older than 30 days', ['old', 'oldest']],
    ['Age of the secret', 'Older than 90 days', ['oldest']],
    ['Order', 'Oldest secret first', ['oldest']],
    ['Age of the secret', 'Any age', ['oldest', 'old', 'Overlapping', 'empty']],
  ] as const) {
    await page.getByLabel(label).selectOption(option)
    await expect.poll(() => listed(page)).toEqual(found)
  }
  expect(await page.locator('tr', { hasText: 'Overlapping' }).innerText()).toMatch(/2\s+until/)
})

test('an empty application and a search without matches look different, and one button clears all filters', async (context) => {
  const server = await startServer()
  await server.api('PUT', '/applications/app_1', { body: {} })
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByText('This application has no webhooks yet').waitFor()
  expect(await page.getByRole('searchbox').count()).toBe(0)
  await provision(server)
  await page.goto(`${server.origin}/console${webhooksAddress}?search=nowhere&state=one_key&olderThan=90`)
  await page.getByText('No webhook matches.').waitFor()
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await expect.poll(() => listed(page)).toEqual(['hook_1'])
  expect(new URL(page.url()).hash).toBe(webhooksAddress)
  expect(await page.getByRole('searchbox').inputValue()).toBe('')
})

test('a page of a list takes one call, however many rows it has', async (context) => {
  const server = await startServer()
  await provisionMany(server, 230)
  const { page } = await openConsole(context, server, { at: listAddress })
  await page.getByRole('link', { name: 'app_1' }).waitFor()
  const calls = noteCalls(page)
  const settled = async () => {
    await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' })
    return calls.splice(0)
  }
  const list = 'GET /applications/app_1/webhooks?limit=100&total=true'
  await page.getByRole('link', { name: 'app_1' }).click()
  await page.getByText('1–100 of 230').waitFor()
  expect((await settled()).toSorted()).toEqual(['GET /applications/app_1', list])
  await page.getByRole('link', { name: 'Next page' }).click()
  await page.getByText('101–200 of 230').waitFor()
  await page.getByRole('link', { name: 'Next page' }).click()
  await page.getByText('201–230 of 230').waitFor()
  expect(await page.getByRole('link', { name: 'Next page' }).count()).toBe(0)
  expect(await settled()).toEqual([expect.stringContaining(`${list}&cursor=`), expect.stringContaining(list)])
  await page.getByRole('link', { name: 'Previous page' }).click()
  await page.getByText('101–200 of 230').waitFor()
  await expect.poll(() => calls.length).toBe(1)
  calls.length = 0
  await page.getByLabel('State').selectOption('No secret')
  await page.getByText('1–100 of 230').waitFor()
  expect(await settled()).toEqual([`${list}&state=no_secret`])
})

test('going back shows the same rows at once, at the same place, with the focus on the row', async (context) => {
  const server = await startServer()
  await provisionMany(server, 230)
  const { page } = await openConsole(context, server, { at: `${webhooksAddress}?search=hook` })
  await page.getByRole('link', { name: 'Next page' }).click()
  await page.getByText('101–200 of 230').waitFor()
  const row = page.getByRole('link', { name: 'hook_0170' })
  await row.scrollIntoViewIfNeeded()
  const scrolled = await page.evaluate<number>('scrollY')
  expect(scrolled).toBeGreaterThan(500)
  await row.click()
  await page.getByRole('heading', { name: 'hook_0170', level: 1 }).waitFor()
  expect(await page.evaluate('scrollY')).toBe(0)
  const released = Promise.withResolvers<undefined>()
  await page.route('**/webhooks?**', async (route) => {
    await released.promise
    await route.continue()
  })
  await page.goBack()
  await row.waitFor()
  expect(await page.evaluate('scrollY')).toBe(scrolled)
  expect(await page.evaluate('document.activeElement.textContent')).toBe('hook_0170')
  expect(await page.getByRole('searchbox').inputValue()).toBe('hook')
  await server.api('PUT', '/applications/app_1/webhooks/hook_0100b', {
    body: { url: 'https://merchant.example/webhooks' },
  })
  released.resolve(undefined)
  await page.getByText('of 231').first().waitFor()
  expect(await page.evaluate('scrollY')).toBe(scrolled)
  await page.getByRole('link', { name: 'Previous page' }).click()
  await page.getByText('1–100 of 231').waitFor()
  expect(await page.evaluate('scrollY')).toBe(0)
})

test('a late response never replaces the response to a newer search', async (context) => {
  const server = await startServer()
  await provisionMany(server, 30)
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByText('30 webhooks').waitFor()
  const released = Promise.withResolvers<undefined>()
  const late = Promise.withResolvers<undefined>()
  await page.route('**/webhooks?**search=000&**', async (route) => {
    await released.promise
    await route.continue().catch(() => undefined)
    late.resolve(undefined)
  })
  await page.route('**/webhooks?**search=000', async (route) => {
    await released.promise
    await route.continue().catch(() => undefined)
    late.resolve(undefined)
  })
  const search = page.getByRole('searchbox')
  const asked = page.waitForRequest(/search=000(&|$)/)
  await search.fill('000')
  await asked
  // The rows of the last search stay until the response arrives.
  await page.locator('table[aria-busy="true"]').waitFor()
  expect((await listed(page)).length).toBe(30)
  // They do not match what the user now looks for, so no bulk action may include them.
  for (const name of ['Select all on this page', 'Select hook_0030'])
    expect(await page.getByRole('checkbox', { name }).isDisabled()).toBe(true)
  await search.fill('0003')
  await page.getByText('1 of 30 match').waitFor()
  released.resolve(undefined)
  await late.promise
  await page.waitForTimeout(300)
  expect(await listed(page)).toEqual(['hook_0003'])
})

test('the search starts once nothing was typed for 250 ms', async (context) => {
  const server = await startServer()
  await provisionMany(server, 3)
  const { page } = await openConsole(context, server, { at: webhooksAddress, clock: true })
  await page.getByText('3 webhooks').waitFor()
  const calls = noteCalls(page)
  await page.keyboard.press('/')
  expect(await page.evaluate('document.activeElement.id')).toBe('search')
  await page.clock.pauseAt(Date.now() + 60_000)
  calls.length = 0
  await page.keyboard.type('hook')
  await page.clock.runFor(240)
  await page.keyboard.type('_0/')
  await page.clock.runFor(240)
  await page.keyboard.press('Backspace')
  expect(calls).toEqual([])
  await page.clock.runFor(260)
  await page.clock.resume()
  await page.getByText('3 of 3 match').waitFor()
  expect(calls).toEqual(['GET /applications/app_1/webhooks?limit=100&total=true&search=hook_0'])
  expect(await page.getByRole('searchbox').inputValue()).toBe('hook_0')
})

test('a secret in the search field is neither sent nor written into the URL', async (context) => {
  const server = await startServer()
  const secret = await newSecret(server, await provision(server))
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByRole('searchbox').fill(secret)
  await page.getByRole('alert').getByText('This looks like a secret').waitFor()
  await page.waitForTimeout(500)
  expect(new URL(page.url()).hash).toBe(webhooksAddress)
  expect(await listed(page)).toEqual(['hook_1'])
})

test('applications are searched by ID and name, and counted', async (context) => {
  const server = await startServer()
  for (let number = 1; number <= 105; number += 1)
    await server.api('PUT', `/applications/app_${number}`, {
      body: { name: number === 7 ? 'Northwind' : null },
    })
  const { page } = await openConsole(context, server, { at: listAddress })
  await page.getByText('105 applications').waitFor()
  const calls = noteCalls(page)
  await page.getByRole('link', { name: 'Next page' }).click()
  await page.getByText('101–105 of 105').waitFor()
  await page.getByRole('searchbox', { name: 'Search applications' }).fill('northWIND')
  await page.getByText('1 of 105 match').waitFor()
  expect(await listed(page)).toEqual(['app_7'])
  expect(calls.length).toBe(2)
  await page.getByRole('link', { name: 'app_7' }).click()
  await page.getByRole('heading', { name: 'app_7', level: 1 }).waitFor()
  await page.goBack()
  await page.getByText('1 of 105 match').waitFor()
  await page.getByRole('searchbox').fill('nowhere')
  await page.getByRole('button', { name: 'Clear the search' }).click()
  await page.getByText('105 applications').waitFor()
})

test('signing out removes everything that the token could read', async (context) => {
  const server = await startServer()
  await provision(server)
  const { page, bearer } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByRole('link', { name: 'hook_1' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.route('**/webhooks?**', () => undefined)
  await page.getByLabel('Token').fill(bearer)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Loading…').waitFor()
  expect(await page.getByRole('link', { name: 'hook_1' }).count()).toBe(0)
})
