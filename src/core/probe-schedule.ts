import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from '../store/store.ts'
import {
  claimQueuedOverlap,
  findNextDueTime,
  findQueuedOverlap,
  queueDueOverlaps,
  type Claim,
} from '../store/tables/probe-queue.ts'
import type { CoreLog } from './core.ts'
import { ProbeSlots } from './probe-slots.ts'

/** Maximum number of scheduled probes in progress. Each has at most two messages in progress. */
const maxProbes = 16
/** Minimum time between the starts of two probes, in milliseconds, so that requests get the thread in between. */
const startIntervalMs = 20
/** How long a probe may take, in milliseconds. */
const probeTimeoutMs = 30_000
/** How long a claim keeps other instances from taking the same overlap, in milliseconds. Longer than any probe. */
const leaseMs = 60_000
/** Maximum number of overlaps to queue per write, low enough not to delay a waiting rotation noticeably. */
const batchSize = 100
/** How long to wait after a failure, in milliseconds. */
const retryMs = 60_000

export interface ProbeScheduleOptions {
  store: Store
  now: () => number
  /** How often to look for overlaps that other processes have begun, in milliseconds. */
  intervalMs: number
  /** Probes the receiver of a claimed overlap. */
  probe: (claim: Claim, signal: AbortSignal) => Promise<void>
  logger: CoreLog
}

/**
 * Starts the scheduled probes when they are due. Applications take turns, however many of their probes are due.
 * Overlaps wait in the database, so another instance continues if this one ends.
 */
export class ProbeSchedule {
  readonly #options: ProbeScheduleOptions
  readonly #stopping = new AbortController()
  readonly #slots = new ProbeSlots(maxProbes)
  readonly #running = new Set<Promise<void>>()
  readonly #loop: Promise<void>
  /** The application whose turn was last. */
  #last = ''
  /** Aborts when a slot becomes free, which ends the pause or prevents the next one. */
  #woken = new AbortController()

  constructor(options: ProbeScheduleOptions) {
    this.#options = options
    this.#loop = this.#runLoop()
  }

  /** Aborts the probes in progress without recording them, and resolves when they have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#woken.abort()
    await this.#loop
    await Promise.all(this.#running)
  }

  async #runLoop(): Promise<void> {
    while (!this.#isStopping()) {
      let pauseMs = retryMs
      try {
        pauseMs = await this.#step()
      } catch (error) {
        if (!this.#isStopping())
          this.#options.logger.error({ error }, 'scheduled probes cannot be started; retrying in a minute')
      }
      if (!this.#isStopping()) await this.#pause(pauseMs)
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  /**
   * Starts a probe if one is due and its application may have a slot.
   * @returns milliseconds until the next step, unless a slot becomes free earlier
   */
  async #step(): Promise<number> {
    const { now, intervalMs } = this.#options
    let dueAt = await this.#findNextDueTime()
    if (dueAt !== undefined && dueAt <= now()) {
      await this.#queueAllDue()
      dueAt = await this.#findNextDueTime()
    }
    const claim = this.#slots.isAnyFree ? await this.#claim() : undefined
    if (claim) {
      this.#start(claim)
      return startIntervalMs
    }
    return dueAt === undefined ? intervalMs : Math.max(startIntervalMs, Math.min(intervalMs, dueAt - now()))
  }

  #findNextDueTime(): Promise<number | undefined> {
    return this.#options.store.read(findNextDueTime, this.#stopping.signal)
  }

  async #queueAllDue(): Promise<void> {
    const { store, now } = this.#options
    let queued: number
    do {
      queued = await store.write(
        null,
        (queries) => queueDueOverlaps(queries, now(), batchSize),
        this.#stopping.signal,
      )
    } while (queued === batchSize)
  }

  /** Takes an overlap of the next application that may have a slot. */
  async #claim(): Promise<Claim | undefined> {
    const { store, now } = this.#options
    const { signal } = this.#stopping
    const skipped = new Set<string>()
    const find = (after: string) => store.read((queries) => findQueuedOverlap(queries, after), signal)
    for (;;) {
      const found = (await find(this.#last)) ?? (await find(''))
      if (!found || skipped.has(found.applicationId)) return undefined
      this.#last = found.applicationId
      if (!this.#slots.isFreeFor(found.applicationId)) {
        skipped.add(found.applicationId)
        continue
      }
      const claim = { ...found, leaseEnd: now() + leaseMs }
      if (await store.write(null, (queries) => claimQueuedOverlap(queries, claim), signal)) return claim
    }
  }

  #start(claim: Claim): void {
    this.#slots.take(claim.applicationId)
    const running = this.#probe(claim).finally(() => {
      this.#slots.release(claim.applicationId)
      this.#running.delete(running)
      this.#woken.abort()
    })
    this.#running.add(running)
  }

  async #probe(claim: Claim): Promise<void> {
    const { probe, logger } = this.#options
    const { signal } = this.#stopping
    try {
      await probe(claim, AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]))
    } catch (error) {
      const { applicationId, webhookId } = claim
      if (!signal.aborted)
        logger.error(
          { error, applicationId, webhookId },
          'a scheduled probe failed; repeating it in a minute',
        )
    }
  }

  /** Waits until the time has passed or a slot becomes free, but at least `startIntervalMs`. */
  async #pause(milliseconds: number): Promise<void> {
    // Probes that end at once free their slot at once, and would otherwise start one after another.
    await delay(startIntervalMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
    const { signal } = this.#woken
    await delay(milliseconds - startIntervalMs, undefined, { signal }).catch(() => undefined)
    this.#woken = new AbortController()
  }
}
