import { pino, type DestinationStream, type Logger } from 'pino'

/** Errors are logged with their type, text and stack, and none of the data that hangs on them. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error === undefined ? undefined : typeof error
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return { type: name, message, code, stack, cause: describeError(cause) }
}

/** How many bytes wait for standard output at most; lines that come while it takes none are left out. */
const maxBacklogBytes = 1_048_576

/** How much of what is logged in one turn is written at once. */
const maxTogether = 65_536

/** Standard output: JSON lines, or readable ones if that is a terminal. */
export async function standardOutput(): Promise<DestinationStream> {
  if (!process.stdout.isTTY) return linesThatMayFail()
  const { default: pretty } = await import('pino-pretty')
  return pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
}

/**
 * Where the log cannot be written, as on a full disk, that is said once on standard error, and the service goes on;
 * so does the log, once it can.
 */
function linesThatMayFail(): DestinationStream {
  const stream = pino.destination({ fd: 1, sync: false, maxLength: maxBacklogBytes })
  let hasFailed = false
  stream.on('write', () => {
    hasFailed = false
  })
  stream.on('error', (error: Error) => {
    if (!hasFailed) process.stderr.write(`rekey: the log cannot be written: ${error.message}\n`)
    hasFailed = true
  })
  // What is logged in one turn of the event loop is written at once: a write takes longer than to make a line.
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
    // Of more than the backlog all would be left out.
    if (lines.length > maxTogether) writeLines()
    return true
  }
  // At the exit pino writes what is left, and would try for ever.
  const flushSync = stream.flushSync.bind(stream)
  stream.flushSync = () => {
    writeLines()
    if (!hasFailed) flushSync()
  }
  return stream
}

/** Signing secrets, and tokens (JWT). */
const secrets = /whsec_[\w+/=-]{8,}|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g

/**
 * A logger that never writes more of an error than its type, code, text and stack, and leaves out what
 * looks like a secret, which a caller can put even where an id is expected.
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
