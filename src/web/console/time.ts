const second = 1_000
const day = 86_400 * second

const clock = { hour: '2-digit', minute: '2-digit' } as const
const date = { day: 'numeric', month: 'short' } as const
const today = new Intl.DateTimeFormat(undefined, clock)
const thisWeek = new Intl.DateTimeFormat(undefined, { weekday: 'short', ...clock })
const thisYear = new Intl.DateTimeFormat(undefined, { ...date, ...clock })
const anyYear = new Intl.DateTimeFormat(undefined, { ...date, year: 'numeric', ...clock })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })

/**
 * Formats a time in the user's locale and time zone: `14:05` today, `Tue 14:05` within six days of now, otherwise with
 * the date.
 */
export function moment(time: number, now: number): string {
  const [at, current] = [new Date(time), new Date(now)]
  if (at.toDateString() === current.toDateString()) return today.format(at)
  if (Math.abs(time - now) < 6 * day) return thisWeek.format(at)
  return (at.getFullYear() === current.getFullYear() ? thisYear : anyYear).format(at)
}

/** Formats a time with seconds and time zone. */
export function exactMoment(time: number): string {
  return exact.format(time)
}

/** Formats a remaining time as `6 d 23:59:58` or `00:12:05`. A negative time counts as zero. */
export function countdown(milliseconds: number): string {
  const left = Math.max(0, Math.ceil(milliseconds / second))
  const digits = [Math.floor(left / 3_600) % 24, Math.floor(left / 60) % 60, left % 60]
  const days = Math.floor(left / 86_400)
  const time = digits.map((part) => String(part).padStart(2, '0')).join(':')
  return days > 0 ? `${days} d ${time}` : time
}
