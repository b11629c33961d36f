import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'

/** The command line is wrong; the text says what about it. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** @throws UsageError on an option that the command does not have, or an argument that is none */
export function readOptions<Options extends ParseArgsOptionsConfig>(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
