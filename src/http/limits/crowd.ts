/**
 * Members, such as connections, grouped by network, oldest first. Finds the member to close in constant time, so that a
 * flood of connections does not make each new connection expensive.
 */
export class Crowd<T extends { network: string }> {
  readonly #groups = new Map<string, Set<T>>()
  /** Groups by size: the index is the number of members. */
  readonly #bySize: (Set<Set<T>> | undefined)[] = []
  #largest = 0

  /** Adds a member. If it is one already, makes it the newest of its network. */
  add(member: T): void {
    const group = this.#groups.get(member.network) ?? new Set()
    this.#groups.set(member.network, group)
    const before = group.size
    group.delete(member)
    group.add(member)
    this.#resized(group, before)
  }

  delete(member: T): void {
    const group = this.#groups.get(member.network)
    if (!group?.delete(member)) return
    if (group.size === 0) this.#groups.delete(member.network)
    this.#resized(group, group.size + 1)
  }

  sizeOf(network: string): number {
    return this.#groups.get(network)?.size ?? 0
  }

  /**
   * Returns the oldest member of a network.
   * @param network defaults to the network with the most members
   */
  oldest(network?: string): T | undefined {
    const [largest] = this.#bySize[this.#largest] ?? []
    const [member] = (network === undefined ? largest : this.#groups.get(network)) ?? []
    return member
  }

  /** Moves a group to its place in `#bySize`. The size has changed by at most one. */
  #resized(group: Set<T>, before: number): void {
    if (group.size === before) return
    this.#bySize[before]?.delete(group)
    if (group.size > 0) (this.#bySize[group.size] ??= new Set()).add(group)
    if (group.size > this.#largest) this.#largest = group.size
    else if (this.#bySize[this.#largest]?.size === 0) this.#largest--
  }
}
