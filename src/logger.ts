import { pino, type DestinationStream, type Logger } from 'pino'

/** Keeps the type, message, code and stack of an error. Its other properties may contain secrets. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error === undefined ? undefined : typeof error
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return { type: name, message, code, stack, cause: describeError(cause) }
}

/** Bytes that are buffered while standard output is blocked. Lines beyond that are dropped. */
const maxBacklogBytes = 1_048_576

/** Characters after which the lines of one turn are written without waiting for its end. */
const maxTogether = 65_536

/** Opens standard output: JSON lines, or readable lines on a terminal. */
export async function standardOutput(): Promise<DestinationStream> {
  if (!process.stdout.isTTY) return linesThatMayFail()
  const { default: pretty } = await import('pino-pretty')
  return pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
}

/**
 * Keeps the service running when the log cannot be written, for example because the disk is full. A failure is reported
 * once on standard error, and logging resumes when writes succeed again.
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
  // The lines of one turn of the event loop share one write, because a write costs more than a line.
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
    // A write larger than the backlog would be dropped entirely.
    if (lines.length > maxTogether) writeLines()
    return true
  }
  // At exit pino flushes the remaining lines, and would retry a failing write forever.
  const flushSync = stream.flushSync.bind(stream)
  stream.flushSync = () => {
    writeLines()
    if (!hasFailed) flushSync()
  }
  return stream
}

/** Signing secrets and JWTs. */
const secrets = /whsec_[\w+/=-]{8,}|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g

/**
 * Creates a logger that writes only the type, code, message and stack of an error. It masks anything that looks like a
 * secret, because a caller can send one even where an ID is expected.
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
