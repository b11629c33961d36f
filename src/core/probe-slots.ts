/**
 * Counts the scheduled probes in progress. Applications share the slots as in FairGate: one gets another slot only if
 * more slots are free than it already holds. So receivers that never respond occupy at most half of the slots for one
 * application.
 */
export class ProbeSlots {
  readonly #held = new Map<string, number>()
  #free: number

  constructor(slots: number) {
    this.#free = slots
  }

  /** Whether any application may get a slot. */
  get isAnyFree(): boolean {
    return this.#free > 0
  }

  isFreeFor(applicationId: string): boolean {
    return (this.#held.get(applicationId) ?? 0) < this.#free
  }

  take(applicationId: string): void {
    this.#count(applicationId, 1)
  }

  release(applicationId: string): void {
    this.#count(applicationId, -1)
  }

  #count(applicationId: string, change: 1 | -1): void {
    const held = (this.#held.get(applicationId) ?? 0) + change
    if (held === 0) this.#held.delete(applicationId)
    else this.#held.set(applicationId, held)
    this.#free -= change
  }
}
