import Database from 'better-sqlite3'
import { createServer } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { createClient } from '../../src/client/client.ts'

const hour = 3_600_000
/** Secrets that the demo's receiver accepts. */
const accepted = new Set<string>()
const receiver = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    const verifies = [...accepted].some((secret) => {
      try {
        return Boolean(new Webhook(secret).verify(body, request.headers as Record<string, string>))
      } catch {
        return false
      }
    })
    response.writeHead(verifies ? 204 : 401).end()
  })
})

export const hostileId = 'w'.repeat(64)
const longText = 'unbroken'.repeat(25)
const hostileTexts = [
  longText,
  '\u202Eevil \u202D<script>alert("rekey")</script>',
  'شركة الخطافات المحدودة',
  '👩🏽‍🚀🏳️‍🌈'.repeat(12),
  `Z̷̧̛̫̟̈́a̶̢͙̾l̵̡̲̍̕g̸̛͕̈́o̶̱̎ ${'e\u0301'.repeat(30)}`,
]

/** Creates the demo data. @param setClock sets the server's clock @returns what stops the demo's receiver */
export async function fill(
  origin: string,
  file: string,
  token: (subject: string) => Promise<string>,
  setClock: (time: number) => void,
): Promise<() => void> {
  const start = Date.now()
  const ada = createClient({ baseUrl: origin, token: await token('ada@northwind.example') })
  const deploy = createClient({ baseUrl: origin, token: await token('deploy-bot') })
  const at = (hoursAgo: number) => {
    setClock(start - hoursAgo * hour)
  }
  const application = (applicationId: string, name: string) =>
    deploy.PUT('/applications/{applicationId}', { params: { path: { applicationId } }, body: { name } })
  const put = (applicationId: string, webhookId: string, url: string, description?: string) =>
    deploy.PUT('/applications/{applicationId}/webhooks/{webhookId}', {
      params: { path: { applicationId, webhookId } },
      body: { url, ...(description !== undefined && { description }) },
    })
  const rotate = async (
    by: typeof ada,
    applicationId: string,
    webhookId: string,
    reason: string,
    overlapSeconds = 86_400,
  ) => {
    const { data } = await by.PATCH('/applications/{applicationId}/webhooks/{webhookId}/secret', {
      params: { path: { applicationId, webhookId } },
      body: { reason, overlapSeconds },
    })
    return data.signingSecret
  }
  const probe = (applicationId: string, webhookId: string) =>
    ada.POST('/applications/{applicationId}/webhooks/{webhookId}/probes', {
      params: { path: { applicationId, webhookId } },
      body: {},
    })
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening))
  const { port } = receiver.address() as { port: number }

  at(24 * 91)
  for (const [id, name] of [
    ['adventure', 'Adventure Works'],
    ['contoso', 'Contoso Payments'],
    ['fabrikam', 'Fabrikam Marketplace'],
    ['northwind', 'Northwind Traders'],
    ['tailspin', 'Tailspin Toys'],
    ['hostile', hostileTexts[1] ?? ''],
    [`${'a'.repeat(63)}Z`, longText],
    ['hostile_rtl', hostileTexts[2] ?? ''],
    ['hostile_emoji', hostileTexts[3] ?? ''],
    ['hostile_marks', hostileTexts[4] ?? ''],
  ] as const)
    await application(id, name)
  await put('northwind', 'orders', 'https://hooks.northwind.example/rekey/orders')
  await put('northwind', 'invoices', `http://127.0.0.1:${port}/invoices`)
  await put('northwind', 'refunds', 'https://hooks.northwind.example/rekey/refunds')
  await put('northwind', 'payouts', 'https://hooks.northwind.example/rekey/payouts')
  await put('northwind', 'customers', 'https://hooks.northwind.example/rekey/customers')
  await put('tailspin', 'orders', 'https://tailspin.example/hooks')
  await put('fabrikam', 'seller', 'https://fabrikam.example/hooks')
  for (const webhook of ['orders', 'payouts', 'customers'])
    await rotate(deploy, 'northwind', webhook, 'Provisioned')
  await rotate(deploy, 'fabrikam', 'seller', 'Provisioned')
  at(24 * 30 + 5)
  await rotate(ada, 'northwind', 'orders', 'Quarterly rotation')
  await rotate(deploy, 'northwind', 'invoices', 'Provisioned')
  await rotate(deploy, 'tailspin', 'orders', 'Provisioned')
  for (const [index, text] of hostileTexts.entries()) {
    const id = index === 0 ? hostileId : `${['', '-_-_', '..a', '0', '__proto__'][index]}hook`
    await put('hostile', id, `https://h.example/${'long-path'.repeat(20)}?${index}`, text)
    await rotate(ada, 'hostile', id, text)
  }
  at(16)
  await rotate(ada, 'northwind', 'payouts', 'Quarterly rotation')
  at(7.4)
  await rotate(ada, 'northwind', 'orders', 'Found in a support ticket')
  at(3)
  await rotate(ada, 'hostile', hostileId, longText)
  accepted.add(await rotate(ada, 'northwind', 'invoices', 'Quarterly rotation', 7 * 86_400))
  at(1.2)
  await probe('northwind', 'payouts')
  at(0)
  await probe('northwind', 'invoices')
  multiply(file, 'contoso', 300, start)
  multiply(file, 'fabrikam', 100_000, start)
  return () => {
    receiver.close()
  }
}

/** Inserts webhooks straight into the SQLite file, each with a copy of the key of fabrikam's webhook. */
function multiply(file: string, application: string, count: number, now: number): void {
  const database = new Database(file)
  const columns = (database.pragma('table_info(signing_keys)') as { name: string }[]).map(({ name }) => name)
  const other: Record<string, string> = {
    id: `'key_${application}_' || number`,
    application_id: `'${application}'`,
    webhook_id: `printf('wh_%06d', number)`,
    created_at: `${now} - (number * 7919 % 80) * 86400000 - 7200000`,
  }
  const numbers = `with recursive numbers(number) as (select 1 union all select number + 1 from numbers where number < ${count})`
  database.exec(`
    ${numbers} insert into webhooks (application_id, id, url, created_at, updated_at)
    select '${application}', printf('wh_%06d', number), 'https://' || lower(hex(randomblob(5))) || '.${application}.example/hooks', 0, 0 from numbers;
    ${numbers} insert into signing_keys (${columns.join(', ')})
    select ${columns.map((name) => other[name] ?? name).join(', ')}
    from numbers, (select * from signing_keys where application_id = 'fabrikam' and webhook_id = 'seller')`)
  database.close()
}
