import { stripTypeScriptTypes } from 'node:module'

let isQuiet = false

/**
 * Makes JavaScript of a TypeScript module, as Node does of every one that it runs: by this, since what runs in
 * production has no compiler.
 */
export function stripTypes(text: string): string {
  if (!isQuiet) useUpWarning()
  isQuiet = true
  return stripTypeScriptTypes(text)
}

/** Node warns once in each process that this is experimental. Here the once is a text of no length. */
function useUpWarning(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it is
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    stripTypeScriptTypes('')
  } finally {
    process.emitWarning = emitWarning
  }
}
