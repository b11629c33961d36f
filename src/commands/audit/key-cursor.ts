import type { AuditedKey } from '../../store/tables/audited-keys.ts'

type ReadPage = (after: AuditedKey | null, limit: number) => Promise<AuditedKey[]>

const pageSize = 1_000

/** Iterates over all stored keys, with one page in memory at a time. */
export class KeyCursor {
  readonly #readPage: ReadPage
  #page: AuditedKey[] = []
  #place = 0

  /** @param readPage reads the keys after `after`, or the first keys if `after` is null */
  constructor(readPage: ReadPage) {
    this.#readPage = readPage
  }

  /** The key at the cursor; undefined before the first `readNextPage` and after the last key of a page. */
  get key(): AuditedKey | undefined {
    return this.#page[this.#place]
  }

  /** Moves to the next key. Returns whether the page is finished and another may follow; if so, call `readNextPage`. */
  advance(): boolean {
    this.#place += 1
    // A partial page is the last one. Keys issued after that page was read are ignored: on a busy service, the
    // iteration would otherwise never end.
    return this.#place === pageSize
  }

  async readNextPage(): Promise<void> {
    this.#page = await this.#readPage(this.#page.at(-1) ?? null, pageSize)
    this.#place = 0
  }
}
