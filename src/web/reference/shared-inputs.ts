/**
 * What the reader entered that every operation shares: entered once, it is in all of them. Kept in this
 * page's memory alone, since a token is among it.
 */
class SharedInputs extends EventTarget {
  baseUrl = location.origin
  token = ''
  /** The path parameters, by name. Those that have not been entered have their example. */
  path: Record<string, string> = {}

  /** Tells all that show what was entered, by the event `change`, once `change` has run. */
  update(change: () => void): void {
    change()
    this.dispatchEvent(new Event('change'))
  }
}

/** This page's only instance. */
export const sharedInputs = new SharedInputs()
