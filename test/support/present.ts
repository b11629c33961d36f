/** Returns the value, or fails the test if it is null or undefined. */
export function present<T>(value: T): NonNullable<T> {
  if (value === null || value === undefined) throw new Error(`expected a value, got ${String(value)}`)
  return value
}
