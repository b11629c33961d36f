import type { AuditedKey } from '../../store/tables/audited-keys.ts'

type ReadPage = (after: AuditedKey | null, limit: number) => Promise<AuditedKey[]>

const pageSize = 1_000

/** Iterates over all stored keys, with one page in memory at a time. */
export class KeyCursor {
  readonly #readPage: ReadPage
  #page: AuditedKey[] = []
  #place = 0

  /** @param readPage returns the keys that follow the given one */
  constructor(readPage: ReadPage) {
    this.#readPage = readPage
  }

  /** The current key; undefined before the first `readNextPage` and at the end of a page. */
  get key(): AuditedKey | undefined {
    return this.#page[this.#place]
  }

  /** Moves to the next key. Returns whether the page has ended and another one may follow. */
  advance(): boolean {
    this.#place += 1
    // A page that is not full was the last one. Keys issued since then are ignored: on a busy service, reading them
    // would never end.
    return this.#place === pageSize
  }

  async readNextPage(): Promise<void> {
    this.#page = await this.#readPage(this.#page.at(-1) ?? null, pageSize)
    this.#place = 0
  }
}
