import type { AuditedKey } from '../../store/tables/audited-keys.ts'

type ReadPage = (after: AuditedKey | null, limit: number) => Promise<AuditedKey[]>

const pageSize = 1_000

/** Goes through every stored key, of which it holds a page at a time. */
export class KeyCursor {
  readonly #readPage: ReadPage
  #page: AuditedKey[] = []
  #place = 0

  /** @param readPage the keys behind one */
  constructor(readPage: ReadPage) {
    this.#readPage = readPage
  }

  /** Where it stands; undefined before `readOn`, and at the end of a page. */
  get key(): AuditedKey | undefined {
    return this.#page[this.#place]
  }

  /** Passes the key at which it stands. Returns whether that was the end of a page with another behind it. */
  advance(): boolean {
    this.#place += 1
    // Where a page is not full the keys ended when it was read. Those that are issued since are no concern of it:
    // of a busy service they would never end.
    return this.#place === pageSize
  }

  /** Reads the page behind this one. */
  async readNextPage(): Promise<void> {
    this.#page = await this.#readPage(this.#page.at(-1) ?? null, pageSize)
    this.#place = 0
  }
}
