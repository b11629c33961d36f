import { setImmediate } from 'node:timers/promises'
import type { Queries } from '../../store/store.ts'
import type { OperationContext } from './operation.ts'

/** Number of rows that the first query of a search examines, and the minimum and maximum for the others. */
const minRows = 512
const maxRows = 65_536
/** Number of rows that a search examines even after its time has ended, so that short lists are always complete. */
const ensuredRows = 1_024

/** A part of a list. */
export interface Range<Place> {
  /** Excluded. */
  after: Place
  /** Included; undefined for the end of the list. */
  upTo: Place | undefined
}

/** Rows in the order of an index, of which only some match. */
export interface Searched<Place, Item> {
  /** Finds the place of the row that comes `rows` after a place; undefined if there are fewer. */
  findEnd: (queries: Queries, after: Place, rows: number) => Promise<Place | undefined>
  /** Lists up to `limit` matching rows of a range, in order. */
  list: (queries: Queries, range: Range<Place>, limit: number) => Promise<Item[]>
  placeOf: (item: Item) => Place
}

export interface FoundItems<Place, Item> {
  items: Item[]
  /** The last place that was searched; null if there is nothing after it. */
  next: Place | null
}

/**
 * A search that may examine many rows, as a series of short queries. Between two queries, the thread does all other
 * waiting work, and another scope may run its query. Each query examines as many rows as probably fit into
 * `store.queryMs`, estimated from the previous query.
 */
export class SlicedSearch {
  readonly #scope: string
  readonly #context: Pick<OperationContext, 'store' | 'searches' | 'signal'>
  #leftMs: number

  /**
   * @param scope takes turns with other scopes: an application or a caller
   * @param maxMs how long the search's queries may take together, in milliseconds
   */
  constructor(
    scope: string,
    maxMs: number,
    context: Pick<OperationContext, 'store' | 'searches' | 'signal'>,
  ) {
    this.#scope = scope
    this.#leftMs = maxMs
    this.#context = context
  }

  /** Finds a page of matching rows. If the search's time ends, the page may be short although more rows match. */
  async page<Place, Item>(
    { findEnd, list, placeOf }: Searched<Place, Item>,
    after: Place,
    limit: number,
  ): Promise<FoundItems<Place, Item>> {
    const items: Item[] = []
    const end = await this.run(findEnd, after, async (queries, range) => {
      items.push(...(await list(queries, range, limit + 1 - items.length)))
      return items.length <= limit
    })
    const shown = items.slice(0, limit)
    const last = shown.at(-1)
    if (items.length > limit) return { items: shown, next: last === undefined ? after : placeOf(last) }
    return { items, next: end }
  }

  /** Counts all matching rows. @returns null if the search's time ended first */
  async count<Place>(
    findEnd: Searched<Place, unknown>['findEnd'],
    start: Place,
    count: (queries: Queries, range: Range<Place>) => Promise<number>,
  ): Promise<number | null> {
    let total = 0
    const end = await this.run(findEnd, start, async (queries, range) => {
      total += await count(queries, range)
      return true
    })
    return end === null ? total : null
  }

  /**
   * Examines range after range, until the list ends, `examine` returns false, or the search's time has ended.
   * @param untilEnd continues after the search's time has ended
   * @returns the last place that was examined; null if there is nothing after it
   */
  async run<Place>(
    findEnd: Searched<Place, unknown>['findEnd'],
    start: Place,
    examine: (queries: Queries, range: Range<Place>) => Promise<boolean>,
    untilEnd = false,
  ): Promise<Place | null> {
    const { store, searches, signal } = this.#context
    let after = start
    let rows = minRows
    let examined = 0
    const slice = async () => {
      const begin = performance.now()
      const next = await store.read(async (queries) => {
        const upTo = await findEnd(queries, after, rows)
        return { upTo, goesOn: await examine(queries, { after, upTo }) }
      }, signal)
      const tookMs = performance.now() - begin
      this.#leftMs -= tookMs
      examined += rows
      const fitting = Math.floor((rows * store.queryMs) / tookMs)
      // At most half as many, because a query may have taken long only because the machine was busy.
      rows = Math.max(minRows, rows >> 1, Math.min(fitting, 4 * rows, maxRows))
      // Keep the turn until the thread has done all other waiting work.
      await setImmediate()
      return next
    }
    for (;;) {
      const { upTo, goesOn } = await searches.run(this.#scope, signal, slice)
      if (upTo === undefined) return null
      after = upTo
      // The next query would probably take `queryMs`.
      const isOver = !untilEnd && this.#leftMs < store.queryMs / 2 && examined >= ensuredRows
      if (!goesOn || isOver) return after
    }
  }
}
