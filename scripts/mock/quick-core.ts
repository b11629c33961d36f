import type { Core } from '../../src/core/core.ts'

/** Request body properties that contain a duration. */
const durations = ['overlapSeconds', 'expiresInSeconds']

/**
 * Divides every duration in a request by `factor`. Times stay real: messages get the true timestamp, and
 * `expiresAt` is when a key really expires.
 */
export function quickCore(core: Core, factor: number): Core {
  return {
    ...core,
    execute: (call, signal) => core.execute({ ...call, input: quicken(call.input, factor) }, signal),
  }
}

/** Returns whole seconds, the core's unit, and at least 1 for a positive duration, because 0 revokes. */
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
