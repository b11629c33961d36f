import { closeSync, fstatSync, fsyncSync, openSync, readSync } from 'node:fs'

const standardOutput = 1

/** Writes lines to standard output, and resolves once the reader has them: a pipe's buffer, or the disk. */
export async function writeLines(lines: readonly string[]): Promise<void> {
  // One write for each line, because a kill cuts off a long write more often than a short one.
  await Promise.all(lines.map((line) => write(`${line}\n`)))
  if (isFile()) fsyncSync(standardOutput)
}

/** Ends a line that an earlier process left unfinished in the file that standard output appends to. */
export async function endUnfinishedLine(): Promise<void> {
  if (isFile() && !endsWithNewline()) await write('\n')
}

function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })
}

function isFile(): boolean {
  return fstatSync(standardOutput).isFile()
}

/** Whether the file is empty or ends with a newline. Returns false if that is unknown: an empty line does no harm. */
function endsWithNewline(): boolean {
  const { size } = fstatSync(standardOutput)
  if (size === 0) return true
  try {
    // Opens the file once more, because standard output may be open for writing only.
    const descriptor = openSync('/dev/fd/1', 'r')
    try {
      const last = Buffer.alloc(1)
      return readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() === '\n'
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return false
  }
}
