import type { Core } from '../../src/core/core.ts'

/** Properties of request bodies that say how long something lasts. */
const durations = ['overlapSeconds', 'expiresInSeconds']

/**
 * Makes what requests ask to last end `factor` times sooner. Times stay real: messages get their true timestamp, and
 * `expiresAt` says when a key really ends.
 */
export function quickCore(core: Core, factor: number): Core {
  return {
    ...core,
    execute: (call, signal) => core.execute({ ...call, input: quicken(call.input, factor) }, signal),
  }
}

/** Returns whole seconds, because the core counts in them, and never 0 for more than 0, because 0 revokes. */
export function shorten(seconds: number, factor: number): number {
  return Math.ceil(seconds / factor)
}

function quicken<Input extends { body: unknown }>(input: Input, factor: number): Input {
  if (typeof input.body !== 'object' || input.body === null) return input
  const body = Object.entries(input.body).map(([name, value]: [string, unknown]) => [
    name,
    durations.includes(name) && typeof value === 'number' ? shorten(value, factor) : value,
  ])
  return { ...input, body: Object.fromEntries(body) as unknown }
}
