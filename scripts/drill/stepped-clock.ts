/**
 * Preloaded into a drill's servers. Shifts `Date` by the milliseconds in the file that DRILL_CLOCK names, and reads the
 * file again ten times a second, in the main thread and in the core's thread alike. Leaves the monotonic clock alone.
 */
import { readFileSync } from 'node:fs'

const file = process.env['DRILL_CLOCK'] ?? ''
const TrueDate = Date
let offsetMs = 0
const read = () => {
  offsetMs = Number(readFileSync(file, 'utf8'))
}
read()
setInterval(read, 100).unref()

const now = () => TrueDate.now() + offsetMs

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, values: unknown[], newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget) as object,
  get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
})
