/** Shows how far a command is, on a terminal only: one line that is written over. */
export function createProgress(what: string) {
  const { stderr } = process
  return {
    /** @param total undefined where nobody knows */
    show(done: number, total?: number): void {
      if (stderr.isTTY) stderr.write(`\r${what}: ${done}${total === undefined ? '' : ` of ${total}`}`)
    },
    end(): void {
      if (stderr.isTTY) stderr.write('\n')
    },
  }
}
