import { stripTypeScriptTypes } from 'node:module'

let isQuiet = false

/**
 * Converts a TypeScript module to JavaScript with Node's type stripping, because the compiler is not installed in
 * production.
 */
export function stripTypes(text: string): string {
  if (!isQuiet) useUpWarning()
  isQuiet = true
  return stripTypeScriptTypes(text)
}

/** Suppresses Node's warning that type stripping is experimental. Node emits it once per process, on the first use. */
function useUpWarning(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- restored unchanged
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    stripTypeScriptTypes('')
  } finally {
    process.emitWarning = emitWarning
  }
}
