const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const nearby = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' })
const dayAndTime = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const
const thisYear = new Intl.DateTimeFormat(undefined, dayAndTime)
const anyYear = new Intl.DateTimeFormat(undefined, { ...dayAndTime, year: 'numeric' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

/** Formats a time in the user's locale and time zone: `Tue 14:05` within six days of now, otherwise with the date. */
export function moment(time: number, now: number): string {
  if (Math.abs(time - now) < 6 * day) return nearby.format(time)
  const isThisYear = new Date(time).getFullYear() === new Date(now).getFullYear()
  return (isThisYear ? thisYear : anyYear).format(time)
}

/** Formats a time with seconds and time zone. */
export function exactMoment(time: number): string {
  return exact.format(time)
}

/** Formats a time as `14:05`. */
export function timeOfDay(time: number): string {
  return clock.format(time)
}

/** Formats a remaining time as `6 d 23:59:58` or `00:12:05`. A negative time counts as zero. */
export function countdown(milliseconds: number): string {
  const left = Math.max(0, Math.ceil(milliseconds / second))
  const digits = [Math.floor(left / 3_600) % 24, Math.floor(left / 60) % 60, left % 60]
  const days = Math.floor(left / 86_400)
  const time = digits.map((part) => String(part).padStart(2, '0')).join(':')
  return days > 0 ? `${days} d ${time}` : time
}

/** Formats a duration in the largest unit that fits, for example `3 days`. */
export function age(milliseconds: number): string {
  const units: [number, string][] = [
    [day, 'day'],
    [hour, 'hour'],
    [minute, 'minute'],
  ]
  for (const [length, name] of units) {
    const count = Math.floor(milliseconds / length)
    if (count > 0) return `${count} ${name}${count > 1 ? 's' : ''}`
  }
  return 'less than a minute'
}
