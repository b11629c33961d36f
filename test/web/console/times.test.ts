import { expect, test } from 'vitest'
import { hookAddress, openConsole } from '../../support/console.ts'
import { newSecret } from '../../support/probes.ts'
import { provision, startServer } from '../../support/server.ts'

const day = 86_400_000

interface Shown {
  dateTime: string
  textContent: string
  getClientRects: () => { length: number }
}

test.for([
  { locale: 'en-US', timezoneId: 'America/Los_Angeles' },
  { locale: 'de-DE', timezoneId: 'Asia/Tokyo' },
])(
  'in $locale and $timezoneId, every time but those of today names its day, and none wraps',
  { timeout: 60_000 },
  async ({ locale, timezoneId: timeZone }, context) => {
    let now = Date.now()
    const server = await startServer({ now: () => now })
    now = Date.now() - 400 * day
    const webhook = await provision(server)
    for (const daysAgo of [399, 40, 1.5, 0]) {
      now = Date.now() - daysAgo * day
      await newSecret(server, webhook, { overlapSeconds: 100_000 })
    }
    const viewport = { width: 390, height: 844 }
    const { page } = await openConsole(context, server, {
      locale,
      timezoneId: timeZone,
      viewport,
      at: hookAddress,
    })
    await page.getByText('Webhook created').waitFor()
    const shown = await page
      .locator('time')
      .evaluateAll((times: Shown[]) =>
        times.map((time) => [time.dateTime, time.textContent.trim(), time.getClientRects().length] as const),
      )
    const format = (at: Date, options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(at)
    const clock = { hour: '2-digit', minute: '2-digit' } as const
    const seen = new Set<string>()
    for (const [instant, text, lines] of shown.filter(([, text]) => !text.endsWith('ago'))) {
      const at = new Date(instant)
      const isToday = format(at, { dateStyle: 'short' }) === format(new Date(), { dateStyle: 'short' })
      const isNear = Math.abs(at.getTime() - Date.now()) < 6 * day
      const isThisYear = format(at, { year: 'numeric' }) === format(new Date(), { year: 'numeric' })
      const named = isToday
        ? {}
        : isNear
          ? { weekday: 'short' as const }
          : {
              day: 'numeric' as const,
              month: 'short' as const,
              ...(!isThisYear && { year: 'numeric' as const }),
            }
      expect(text).toBe(format(at, { ...named, ...clock }))
      // Hidden ones have no line.
      expect(lines).toBeLessThan(2)
      seen.add(Object.keys(named).join())
    }
    const wrapping = `Array.from(document.querySelectorAll('time, .digits'), (element) => getComputedStyle(element).whiteSpace)`
    expect(new Set(await page.evaluate<string[]>(wrapping))).toEqual(new Set(['nowrap']))
    expect([...seen].sort()).toEqual(['', 'day,month', 'day,month,year', 'weekday'])
  },
)
