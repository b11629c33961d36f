import { pino, type DestinationStream, type Logger } from 'pino'

/**
 * Keeps an error's type, message, code, stack and cause. Drops all other properties, because they may contain secrets.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error === undefined ? undefined : typeof error
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return { type: name, message, code, stack, cause: describeError(cause) }
}

/** Maximum bytes buffered while standard output is blocked. Lines beyond this limit are dropped. */
const maxBacklogBytes = 1_048_576

/**
 * Once the buffered lines together exceed this many characters, they are written without waiting for the end of the
 * event loop turn.
 */
const maxTogether = 65_536

/** Opens standard output. Writes JSON lines, or human-readable lines on a terminal. */
export async function standardOutput(): Promise<DestinationStream> {
  if (!process.stdout.isTTY) return linesThatMayFail()
  const { default: pretty } = await import('pino-pretty')
  return pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
}

/**
 * Opens standard output so that a failed write, for example on a full disk, does not stop the service. The first
 * failure is reported on standard error, and logging resumes once writes succeed again.
 */
function linesThatMayFail(): DestinationStream {
  const stream = pino.destination({ fd: 1, sync: false, maxLength: maxBacklogBytes })
  let hasFailed = false
  stream.on('write', () => {
    hasFailed = false
  })
  stream.on('error', (error: Error) => {
    if (!hasFailed) process.stderr.write(`rekey: cannot write the log: ${error.message}\n`)
    hasFailed = true
  })
  // Lines logged in the same turn of the event loop share one write, because a write costs more than formatting a line.
  const write = stream.write.bind(stream)
  let lines = ''
  const writeLines = () => {
    const together = lines
    lines = ''
    if (together !== '') write(together)
  }
  stream.write = (line: string) => {
    if (lines === '') setImmediate(writeLines)
    lines += line
    // Written early, because pino drops any single write that is larger than `maxBacklogBytes`.
    if (lines.length > maxTogether) writeLines()
    return true
  }
  // At exit, pino flushes the remaining lines, and would retry a failing write forever.
  const flushSync = stream.flushSync.bind(stream)
  stream.flushSync = () => {
    writeLines()
    if (!hasFailed) flushSync()
  }
  return stream
}

/** Matches signing secrets, private keys and JWTs. */
const secrets = /whs(?:ec|k)_[\w+/=-]{8,}|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g

/**
 * Creates a logger that masks anything that looks like a secret, because a caller can send one even where an ID is
 * expected. It logs only an error's type, message, code, stack and cause.
 */
export function createLogger(level: string, stream: DestinationStream): Logger {
  return pino(
    {
      level,
      serializers: { error: describeError, cause: describeError },
      hooks: { streamWrite: (line) => line.replace(secrets, '[secret]') },
    },
    stream,
  )
}
