import { RekeyError, type ErrorKind, type RekeyErrorOptions } from '../../errors.ts'

/** A failure whose response has headers of its own, such as `Allow` or `WWW-Authenticate`. */
export class HttpError extends RekeyError {
  /** Names in lower case. */
  readonly headers: Record<string, string>

  constructor(
    kind: ErrorKind,
    { headers, ...options }: RekeyErrorOptions & { headers: Record<string, string> },
  ) {
    super(kind, options)
    this.headers = headers
  }
}
