/** Shows the progress of a command on one line, which is overwritten. Only for terminals. */
export function createProgress(what: string) {
  const { stderr } = process
  return {
    /** @param total undefined if unknown */
    show(done: number, total?: number): void {
      if (stderr.isTTY) stderr.write(`\r${what}: ${done}${total === undefined ? '' : ` of ${total}`}`)
    },
    end(): void {
      if (stderr.isTTY) stderr.write('\n')
    },
  }
}
