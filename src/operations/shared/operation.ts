import type { operations as document } from '../../../generated/types.ts'
import type { PostMessage } from '../../domain/probe.ts'
import type { Keyring } from '../../domain/sealing.ts'
import type { SigningSecret } from '../../domain/signing-secret.ts'
import type { Store } from '../../store/store.ts'

export type OperationId = keyof document

/** The handler of every operation of the document. */
export type Operations = { [Id in OperationId]: Operation<Id> }

/**
 * What serves one operation of the document: its input, checked against the document, becomes one of
 * the documented responses. Anything else is thrown as a RekeyError.
 */
export type Operation<Id extends OperationId> = (
  input: Input<Id>,
  context: OperationContext,
) => Promise<OperationResponse<Id>>

/** What an operation works with besides its input. */
export interface OperationContext {
  store: Store
  keyring: Keyring
  /** Milliseconds since 1970. */
  now: () => number
  generateSecret: () => SigningSecret
  postMessage: PostMessage
  /** The overlap of a rotation that does not say how long it is. */
  overlapSeconds: number
  /** How often one webhook may be rotated within a minute; 0 sets no limit. */
  rotationsPerMinute: number
  caller: Caller
  requestId: string
  /** Requests with an Idempotency-Key that are under way in this process. */
  inFlight: Set<string>
  /** Aborts when the request's deadline passes or its caller has gone; its reason is the error to throw. */
  signal: AbortSignal
}

/** Who sent a request, as its token says. */
export interface Caller {
  /** The token's `sub`. */
  subject: string | null
  /** The same for two requests only if the same caller sent them. */
  identity: string
  /** The applications that the caller may touch. */
  applications: readonly string[] | '*'
}

export interface Input<Id extends OperationId> {
  path: PartOf<document[Id]['parameters'], 'path'>
  query: PartOf<document[Id]['parameters'], 'query'>
  header: PartOf<document[Id]['parameters'], 'header'>
  body: document[Id] extends { requestBody: infer Body }
    ? JsonOf<Body>
    : JsonOf<NonNullable<document[Id]['requestBody']>> | undefined
}

/** One of the operation's documented responses. */
export type OperationResponse<Id extends OperationId> = {
  [Status in keyof document[Id]['responses']]: ResponseOf<Status, document[Id]['responses'][Status]>
}[keyof document[Id]['responses']]

interface ResponseOf<Status, Response> {
  status: Status
  headers?: Response extends { headers: infer Headers } ? { [Name in keyof Named<Headers>]?: string } : never
  body: JsonOf<Response>
}

type PartOf<Parameters, Part extends string> =
  Parameters extends Partial<Record<Part, infer Value>> ? NonNullable<Value> : Record<string, never>

type JsonOf<Message> = Message extends { content: { 'application/json': infer Body } } ? Body : undefined

/** Without the index signature that openapi-typescript gives to headers. */
type Named<Headers> = { [Name in keyof Headers as string extends Name ? never : Name]: Headers[Name] }
