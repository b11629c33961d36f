import { expect, test } from 'vitest'
import { nextProbeTime } from '../../../src/domain/self-ending-overlap.ts'
import { barriers } from '../../support/axe.ts'
import { hookAddress, openConsole } from '../../support/console.ts'
import { invitationOf } from '../../support/invitations.ts'
import { newSecret } from '../../support/probes.ts'
import { provision, startServer } from '../../support/server.ts'

const timeout = 60_000

test('an overlap is sent in seconds, up to 7 days', { timeout }, async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress })
  const dialog = page.getByRole('dialog')
  for (const [amount, unit, seconds] of [
    ['1', 'minutes', 60],
    ['36', 'hours', 129_600],
    ['7', 'days', 604_800],
    ['10080', 'minutes', 604_800],
  ] as const) {
    await page.getByRole('button', { name: 'Rotate secret…' }).click()
    await dialog.getByRole('radio', { name: 'Other' }).check()
    await dialog.getByLabel('Amount').fill(amount)
    await dialog.getByLabel('Unit').selectOption(unit)
    const shown = (await dialog.locator('.outcome time').first().getAttribute('datetime')) ?? ''
    expect(Math.abs(Date.parse(shown) - Date.now() - seconds * 1000)).toBeLessThan(30_000)
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Continue without it' }).click()
    const { previous, current } = (await server.api('GET', `${webhook}/secret`)).body
    const overlap = Date.parse(previous[0]?.expiresAt ?? '') - Date.parse(current?.createdAt ?? '')
    expect(overlap, `${amount} ${unit}`).toBe(seconds * 1000)
  }
})

test(
  'an overlap outside the bounds of the API is refused before anything is sent',
  { timeout },
  async (context) => {
    const server = await startServer()
    const webhook = await provision(server)
    await newSecret(server, webhook)
    const { page } = await openConsole(context, server, { at: hookAddress })
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.method()))
    const dialog = page.getByRole('dialog')
    const amount = dialog.getByLabel('Amount')
    const isRefused = async (value: string, unit: string, submit: string) => {
      await amount.fill(value)
      await dialog.getByLabel('Unit').selectOption(unit)
      await dialog.getByRole('button', { name: submit, exact: true }).click()
      return amount.evaluate((input: { validationMessage: string }) => input.validationMessage)
    }
    await page.getByRole('button', { name: 'Rotate secret…' }).click()
    await dialog.getByRole('radio', { name: 'Other' }).check()
    for (const [value, unit] of [
      ['8', 'days'],
      ['169', 'hours'],
      ['10081', 'minutes'],
      ['', 'days'],
      ['1.5', 'hours'],
      ['-1', 'hours'],
      ['1e3', 'minutes'],
    ] as const) {
      expect(await isRefused(value, unit, 'Rotate'), value).toBe('Enter a whole number, up to 7 days.')
      await dialog.locator('.outcome').getByText('Enter how long the old key stays live.').waitFor()
      expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Amount')
    }
    expect(await barriers(page)).toEqual([])
    // The choice "None" is an overlap of 0.
    await amount.fill('0')
    await dialog.getByText('stops signing immediately').waitFor()
    await dialog.getByRole('radio', { name: '1 hour' }).check()
    expect(await amount.count()).toBe(0)
    await dialog.getByRole('button', { name: 'Cancel' }).click()

    await page.getByRole('button', { name: 'Invite someone to rotate…' }).click()
    await dialog.getByRole('radio', { name: 'Other' }).check()
    for (const [value, unit] of [
      ['4', 'minutes'],
      ['0', 'days'],
      ['8', 'days'],
    ] as const)
      expect(await isRefused(value, unit, 'Create the link'), value).toBe(
        'Enter a whole number, from 5 minutes up to 7 days.',
      )
    expect(sent).not.toContain('PATCH')
    expect(sent).not.toContain('POST')
    await amount.fill('5')
    await dialog.getByLabel('Unit').selectOption('minutes')
    await dialog.getByRole('button', { name: 'Create the link' }).click()
    const link = (await dialog.locator('code.value').textContent()) ?? ''
    expect((await invitationOf(server, new URL(link).hash.slice(1))).body.overlapSeconds).toBe(300)
  },
)

test('the dialog explains what ends an overlap, for each choice and scheme', { timeout }, async (context) => {
  const server = await startServer()
  const { page } = await openConsole(context, server)
  const dialog = page.getByRole('dialog')
  for (const [scheme, overlap, explanation] of [
    ['standard-webhooks', '1 hour', 'after three proofs in a row over at least 5 minutes. An unproven'],
    ['svix', 'Other', 'for which this overlap is too short'],
    ['github', '1 hour', 'after the first proof'],
    ['paddle', '7 days', 'after the first proof'],
  ] as const) {
    const webhook = await provision(server, 'app_1', scheme, scheme)
    await newSecret(server, webhook)
    await page.goto(`${server.origin}/console#${webhook}`)
    await page.getByRole('heading', { name: scheme, level: 1 }).waitFor()
    await page.getByText('One key is live').waitFor()
    await page.getByRole('button', { name: 'Rotate secret…' }).click()
    await dialog.getByRole('radio', { name: overlap }).check()
    if (overlap === 'Other') {
      await dialog.getByLabel('Amount').fill('10')
      await dialog.getByLabel('Unit').selectOption('minutes')
    }
    await dialog.getByText(explanation).waitFor()
    await dialog.getByRole('checkbox').check()
    const outcome = scheme === 'github' ? 'the new key signs immediately' : 'or until the receiver is proven'
    await dialog.getByText(outcome).waitFor()
    await dialog.getByRole('radio', { name: 'None' }).check()
    expect(await dialog.getByRole('checkbox').count()).toBe(0)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
  }
})

test('three proofs over 5 minutes need more than 10 minutes of probes', () => {
  const proofsWithin = (minutes: number) => {
    const times: number[] = []
    const overlap = { startedAt: 0, endsAt: minutes * 60_000 }
    for (let time: number | null = 0; (time = nextProbeTime(overlap, time)) !== null;) times.push(time)
    const [first = 0, , ...later] = times
    return later.some((time) => time - first >= 5 * 60_000)
  }
  expect(proofsWithin(10)).toBe(false)
  expect(proofsWithin(11)).toBe(true)
})
