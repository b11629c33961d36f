import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { AuditEvent } from '../../domain/audit.ts'

/** What a line of a followed feed says about an event. */
type Followed = Pick<AuditEvent, 'applicationId' | 'webhookId' | 'sequence' | 'hash'>

/** Events that `rekey audit follow` or `GET /events` returned earlier, in memory. */
export class FollowedEvents {
  /** The hash of each event that has not been found in the trail yet, by webhook and sequence. */
  readonly #missing = new Map<string, Map<number, string>>()
  /** The number of different events. */
  count = 0
  /** The number of lines that are not JSON: a killed `rekey audit follow` can leave one. */
  unreadable = 0

  /**
   * Reads a JSON Lines file; `-` reads standard input. Skips empty lines.
   * @throws Error for a line that is JSON, but not an event, and for a file without events
   */
  static async read(file: string): Promise<FollowedEvents> {
    const followed = new FollowedEvents()
    const input = file === '-' ? process.stdin : createReadStream(file)
    let number = 0
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number += 1
      if (line.trim() === '') continue
      const value = parse(line)
      if (value === undefined) followed.unreadable += 1
      else if (isFollowed(value)) followed.#add(value)
      else throw new Error(`${file}, line ${number}: not an event of rekey audit follow`)
    }
    if (followed.count === 0) throw new Error(`${file} has no events to compare with`)
    return followed
  }

  #add({ applicationId, webhookId, sequence, hash }: Followed): void {
    const webhook = `${applicationId}/${webhookId}`
    const hashes = this.#missing.get(webhook) ?? new Map<number, string>()
    this.#missing.set(webhook, hashes)
    // Keeps the first hash: a later one for the same event shows that the trail was rewritten in between.
    if (hashes.has(sequence)) return
    hashes.set(sequence, hash)
    this.count += 1
  }

  /** Returns how an event of the trail differs from the followed one, or null if it does not. */
  findDifference({ applicationId, webhookId, sequence, hash }: AuditEvent): string | null {
    const hashes = this.#missing.get(`${applicationId}/${webhookId}`)
    const known = hashes?.get(sequence)
    hashes?.delete(sequence)
    return known === undefined || known === hash
      ? null
      : 'it had another hash when it was followed, so the trail was rewritten'
  }

  /** Describes the first followed event that the trail did not have, or null. Call it after all events. */
  findMissing(): string | null {
    for (const [webhook, hashes] of this.#missing) {
      const [first] = [...hashes.keys()].sort((a, b) => a - b)
      if (first !== undefined)
        return (
          `event ${first} of ${webhook}: it was followed, but is gone; the trail was cut off, or the database was ` +
          'restored from an older backup'
        )
    }
    return null
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return undefined
  }
}

function isFollowed(value: unknown): value is Followed {
  const { applicationId, webhookId, sequence, hash } = (value ?? {}) as Record<string, unknown>
  return (
    typeof applicationId === 'string' &&
    typeof webhookId === 'string' &&
    typeof sequence === 'number' &&
    typeof hash === 'string'
  )
}
