/** Shows a command's progress on one line of standard error. Prints nothing if standard error is not a terminal. */
export function createProgress(what: string) {
  const { stderr } = process
  return {
    /** @param total omitted if unknown */
    show(done: number, total?: number): void {
      if (stderr.isTTY) stderr.write(`\r${what}: ${done}${total === undefined ? '' : ` of ${total}`}`)
    },
    end(): void {
      if (stderr.isTTY) stderr.write('\n')
    },
  }
}
