import type { Environment } from '../../src/config/config.ts'
import type { KeyOwner } from '../../src/domain/signing-key.ts'
import { openStore } from '../../src/store/open-store.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { exampleEnvironment } from './environment.ts'
import { findBrokenPromises } from './durability.ts'
import { seededRandom, type Random } from './random.ts'
import { rotateUnderLoad, type Attempt } from './rotation-load.ts'

/** Returns the environment for the servers that the crash tests kill. */
export function productionEnvironment(databaseUrl: string): Environment {
  return { NODE_ENV: 'production', ...exampleEnvironment, DATABASE_URL: databaseUrl }
}

/** Keeps rotating secrets while servers crash, and records the outcome of every rotation. */
export class CrashLoad {
  readonly random: Random = seededRandom()
  readonly answered: Attempt[] = []
  readonly #unanswered: Attempt[] = []
  readonly #databaseUrl: string
  #unchecked: Attempt[] = []

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl
  }

  /** Rotates with eight clients until `crash` settles. */
  async through(crash: () => Promise<void>, origin: string, webhooks: KeyOwner[]): Promise<void> {
    const over = new AbortController()
    const load = rotateUnderLoad({
      webhooks,
      clients: 8,
      random: this.random,
      origins: () => [origin],
      unanswered: this.#unanswered,
      answered: this.#unchecked,
      until: over.signal,
    })
    await crash().finally(() => {
      over.abort()
    })
    await load
  }

  /** The number of rotations that returned 200 since the last check. */
  get rotated(): number {
    return this.#unchecked.filter(({ status }) => status === 200).length
  }

  /**
   * Describes what findBrokenPromises finds: broken promises among the attempts since the last check, and
   * inconsistencies anywhere in the database.
   */
  async check(): Promise<string[]> {
    const attempts = this.#unchecked
    this.#unchecked = []
    this.answered.push(...attempts)
    return this.#broken([...attempts, ...this.#unanswered])
  }

  /** Repeats `check` for all attempts of earlier checks. */
  async checkAll(): Promise<string[]> {
    return this.#broken([...this.answered, ...this.#unanswered])
  }

  async #broken(attempts: Attempt[]): Promise<string[]> {
    // Close the store after every check: SQLite recovers from a crash only if no other process has the file open.
    const store = await openStore(readConfig(productionEnvironment(this.#databaseUrl)).database)
    try {
      return await findBrokenPromises(store, attempts)
    } finally {
      await store.close()
    }
  }
}
