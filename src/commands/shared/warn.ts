/** Prints a warning of the core, for its logger. Leaves out the details. */
export function warn(_: object, text: string): void {
  process.stderr.write(`${text}\n`)
}
