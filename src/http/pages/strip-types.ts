import { stripTypeScriptTypes } from 'node:module'

let isQuiet = false

/**
 * Turns a TypeScript module into JavaScript the way Node does for the modules that it runs. The compiler is not
 * installed in production.
 */
export function stripTypes(text: string): string {
  if (!isQuiet) useUpWarning()
  isQuiet = true
  return stripTypeScriptTypes(text)
}

/** Strips an empty text without a warning. Node warns that stripping is experimental only once per process. */
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
