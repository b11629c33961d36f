import { expect, test } from 'vitest'
import { hookAddress, openConsole } from '../../support/console.ts'
import { liveKeys, newSecret, overlapping, setUrl, startProbeServer } from '../../support/probes.ts'
import { startReceiver, verifiedWith } from '../../support/receivers.ts'

test('if the receiver has the new secret, the page shows "Proven" and can end the overlap', async (context) => {
  const server = await startProbeServer()
  const { webhook, fresh } = await overlapping(server)
  const receiver = await startReceiver(verifiedWith(fresh))
  await setUrl(server, webhook, receiver.url)
  const { page } = await openConsole(context, server, { at: hookAddress })
  await page.getByRole('button', { name: 'Probe the receiver' }).click()
  await page.getByText('Proven:', { exact: true }).waitFor()
  await page.getByText(/✓\s+Signed with\s+the current key whsec_\S+:\s+accepted \(204, \d+ ms\)/).waitFor()
  await page.getByText(/✓\s+Signed with\s+a random key:\s+refused \(401, \d+ ms\)/).waitFor()
  expect(await liveKeys(server, webhook)).toBe(2)
  await page.getByRole('button', { name: 'End the overlap now' }).click()
  await page.getByText('The overlap has ended:').waitFor()
  await page.getByText('One key is live').waitFor()
  expect(await liveKeys(server, webhook)).toBe(1)
  await page.getByRole('button', { name: 'Probe with inactive keys too' }).click()
  await page.getByText(/✓\s+Signed with\s+the previous key whsec_\S+:\s+refused/).waitFor()
  expect(receiver.messages).toHaveLength(7)
})

test('if the receiver has the old secret, the page shows "Not proven" and does not offer to end the overlap', async (context) => {
  const server = await startProbeServer()
  const { webhook, old } = await overlapping(server)
  await setUrl(server, webhook, (await startReceiver(verifiedWith(old))).url)
  const { page } = await openConsole(context, server, { at: hookAddress })
  await page.getByRole('button', { name: 'Probe the receiver' }).click()
  await page.getByText('Not proven.', { exact: true }).waitFor()
  await page
    .getByText(/✗\s+Signed with\s+the current key whsec_\S+:\s+refused, but must be accepted \(401/)
    .waitFor()
  expect(await page.getByRole('button', { name: 'End the overlap now' }).count()).toBe(0)
  await page.getByText('Receiver probed').waitFor()
})

test('if the secret is rotated during the probe, the overlap does not end, and the page says why', async (context) => {
  const server = await startProbeServer()
  const { webhook, fresh } = await overlapping(server)
  let meanwhile: () => Promise<unknown> = () => Promise.resolve()
  const verify = verifiedWith(fresh)
  const receiver = await startReceiver(async (message) => {
    const happens = meanwhile
    meanwhile = () => Promise.resolve()
    await happens()
    return verify(message)
  })
  await setUrl(server, webhook, receiver.url)
  const { page } = await openConsole(context, server, { at: hookAddress, failures: [409] })
  await page.getByRole('button', { name: 'Probe the receiver' }).click()
  await page.getByText('Proven:', { exact: true }).waitFor()
  meanwhile = () => newSecret(server, webhook)
  await page.getByRole('button', { name: 'End the overlap now' }).click()
  await page.getByText("The webhook's secret, URL or signature scheme changed during the probe").waitFor()
  expect(await liveKeys(server, webhook)).toBe(3)
})
