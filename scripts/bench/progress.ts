const start = performance.now()

/** Tells what is being done, on standard error: one line that is overwritten on a terminal. */
export function progress(text: string): void {
  const line = `${Math.round((performance.now() - start) / 1000)} s  ${text}`
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
}
