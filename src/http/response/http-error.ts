import { RekeyError, type ErrorKind, type RekeyErrorOptions } from '../../errors.ts'

interface HttpErrorOptions extends RekeyErrorOptions {
  /** Response headers, with names in lower case. */
  headers: Record<string, string>
  /** Why the caller was refused, for the log. Contains nothing from the token. */
  refused?: string
}

/** A failure whose response has additional headers, such as `Allow` or `WWW-Authenticate`. */
export class HttpError extends RekeyError {
  readonly headers: Record<string, string>
  readonly refused: string | undefined

  constructor(kind: ErrorKind, { headers, refused, ...options }: HttpErrorOptions) {
    super(kind, options)
    this.headers = headers
    this.refused = refused
  }
}
