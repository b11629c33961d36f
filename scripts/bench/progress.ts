const start = performance.now()

/** Prints the current step to standard error. On a terminal, each line overwrites the previous line. */
export function progress(text: string): void {
  const line = `${Math.round((performance.now() - start) / 1000)} s  ${text}`
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
}
