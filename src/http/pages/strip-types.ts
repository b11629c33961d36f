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

/** Triggers and suppresses Node's warning that type stripping is experimental. Node emits it only once per process. */
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
