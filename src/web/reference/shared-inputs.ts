/**
 * The inputs that all operations share, so the user enters them only once. They include a token, so they exist only in
 * the page's memory.
 */
class SharedInputs extends EventTarget {
  baseUrl = location.origin
  token = ''
  /** The values of the path parameters by name, initially the documented examples. */
  path: Record<string, string> = {}

  /** Runs `change`, then dispatches a `change` event to everything that shows the inputs. */
  update(change: () => void): void {
    change()
    this.dispatchEvent(new Event('change'))
  }
}

export const sharedInputs = new SharedInputs()
