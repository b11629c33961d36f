import type { operations as document } from '../../../generated/types.ts'
import type { Invitation } from '../../domain/invitation.ts'
import type { PostMessage } from '../../domain/probe.ts'
import type { Keyring } from '../../domain/sealing.ts'
import type { SigningSecret } from '../../domain/signing-secret.ts'
import type { FairGate } from '../../fair-gate.ts'
import type { Store } from '../../store/store.ts'
import type { TraceContext } from '../../trace-context.ts'
import type { KeptKeys } from './kept-keys.ts'
import type { OpenedKeys } from './opened-keys.ts'
import type { ProbeLimit } from './probe-limit.ts'

export type OperationId = keyof document

/** A handler for each operation in the OpenAPI document. */
export type Operations = { [Id in OperationId]: Operation<Id> }

/**
 * Runs one operation. The input has already been validated against the OpenAPI document, and the result is one of the
 * documented responses.
 * @throws RekeyError for every error response
 */
export type Operation<Id extends OperationId> = (
  input: Input<Id>,
  context: OperationContext,
) => Promise<OperationResponse<Id>>

/** The services and request data that an operation uses in addition to its input. */
export interface OperationContext {
  store: Store
  keyring: Keyring
  openedKeys: OpenedKeys
  keptKeys: KeptKeys
  /** Returns the current time in milliseconds since 1970. */
  now: () => number
  /**
   * Returns a time that has certainly passed, even if the clock is wrong; see SettledClock. It is never after `now`.
   * Use it to decide that a key or a record has expired, if that decision cannot be undone.
   */
  settledTime: () => number
  generateSecret: () => SigningSecret
  postMessage: PostMessage
  probeLimit: ProbeLimit
  /** Default overlap when a rotation does not set one. */
  overlapSeconds: number
  /** Maximum number of rotations per webhook and minute; 0 means no limit. */
  rotationsPerMinute: number
  /** Whether this server serves the page `/rotate`, to which invitations lead. */
  servesRotatePage: boolean
  /** The URL at which people reach this server, without a trailing slash; undefined if unknown. */
  publicUrl: string | undefined
  caller: Caller
  /** Null if a CLI command runs the operation. */
  requestId: string | null
  /** Undefined if the request belongs to no trace. */
  trace: TraceContext | undefined
  /** Requests with an Idempotency-Key that are in progress in this process. */
  inFlight: Set<string>
  /** Lets applications take turns with work that occupies the processor. */
  turns: FairGate
  /** Lets applications take turns with reading the keys of many webhooks. */
  fanOutReads: FairGate
  /** Lets applications and callers take turns with the queries of long searches. */
  searches: FairGate
  /** Logs an error with the request's ID, for a request that still succeeds. */
  logError: (error: unknown, text: string) => void
  /** Aborts when the request's deadline passes or the client disconnects. The signal's reason is the error to throw. */
  signal: AbortSignal
}

/** The sender of a request, as the request's token describes it. */
export interface Caller {
  /**
   * The caller's name for the audit trail: the token's `sub`, preceded by the value of the configured subject claim, if
   * any. Null if the token has no `sub`.
   */
  subject: string | null
  /** Two requests have the same identity only if the same caller sent them. */
  identity: string
  /** The applications for which the token grants the scope that the operation requires. */
  applications: readonly string[] | '*'
  /** The invitation whose token the caller sent instead of a JWT. It may have changed since the token was checked. */
  invitation?: Invitation | undefined
  /** What the caller's token says. Only known to operations that require no scope. */
  token?: TokenContent | undefined
}

export interface TokenContent {
  /** Milliseconds since 1970. */
  expiresAt: number
  /** For each scope that the token grants, the applications for which it grants the scope. */
  rights: ReadonlyMap<string, readonly string[] | '*'>
}

export interface Input<Id extends OperationId> {
  path: PartOf<document[Id]['parameters'], 'path'>
  query: PartOf<document[Id]['parameters'], 'query'>
  header: PartOf<document[Id]['parameters'], 'header'>
  body: document[Id] extends { requestBody: infer Body }
    ? JsonOf<Body>
    : JsonOf<NonNullable<document[Id]['requestBody']>> | undefined
}

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

/** Drops the index signature that openapi-typescript adds to headers. */
type Named<Headers> = { [Name in keyof Headers as string extends Name ? never : Name]: Headers[Name] }
