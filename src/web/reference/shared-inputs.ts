/**
 * The inputs that all operations share, entered only once. They include a token, so they exist only in the
 * memory of the page.
 */
class SharedInputs extends EventTarget {
  baseUrl = location.origin
  token = ''
  /** Path parameters by name, initially with their example. */
  path: Record<string, string> = {}

  /** Runs `change`, then dispatches the event `change` to everything that shows the inputs. */
  update(change: () => void): void {
    change()
    this.dispatchEvent(new Event('change'))
  }
}

export const sharedInputs = new SharedInputs()
