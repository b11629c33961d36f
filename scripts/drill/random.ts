/** Returns an integer from 0 up to, but not including, `limit`. */
export function below(limit: number): number {
  return Math.floor(Math.random() * limit)
}

/** @throws Error if there are no items */
export function pick<T>(items: readonly T[]): T {
  const item = items[below(items.length)]
  if (item === undefined) throw new Error('there is nothing to pick from')
  return item
}

export function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
