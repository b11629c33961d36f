import { randomBytes } from 'node:crypto'

/** A request's place in its caller's trace (W3C Trace Context, level 1). */
export interface TraceContext {
  /** 32 lowercase hexadecimal digits. */
  traceId: string
  /** The caller's span: 16 lowercase hexadecimal digits. */
  parentId: string
  sampled: boolean
  /** The header `tracestate`; empty if it is absent or invalid. */
  state: string
}

/** Version ff and zero IDs are invalid. Later versions may append fields, which begin with another hyphen. */
const traceparentFormat =
  /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:$|(?<!^00.{53})-)/

/** The specification requires no more characters and members than these. */
const maxState = { characters: 512, members: 32 }
const stateMember =
  /^(?:[a-z][a-z\d_*/-]{0,255}|[a-z\d][a-z\d_*/-]{0,240}@[a-z][a-z\d_*/-]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/
/** Matches the start of secrets and JWTs. A caller who sends one by mistake must not reveal it to a receiver. */
const secret = /whsec_|whsk_|eyJ/

/**
 * Reads a request's trace context.
 * @returns undefined if `traceparent` is absent or invalid; an invalid `tracestate` is dropped
 */
export function parseTraceContext(traceparent: string, tracestate: string): TraceContext | undefined {
  const [, traceId, parentId, flags] = traceparentFormat.exec(traceparent) ?? []
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined
  const sampled = (parseInt(flags, 16) & 1) === 1
  return { traceId, parentId, sampled, state: isValidState(tracestate) ? tracestate : '' }
}

function isValidState(text: string): boolean {
  if (text.length > maxState.characters || secret.test(text)) return false
  const members = text.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
  const given = members.filter((member) => member !== '')
  const keys = new Set(given.map((member) => member.split('=')[0]))
  return (
    given.every((member) => stateMember.test(member)) &&
    keys.size === given.length &&
    given.length <= maxState.members
  )
}

/** Creates the headers that make a request of Rekey part of the trace, each time with a new span. */
export function traceHeaders(trace: TraceContext | undefined): Record<string, string> {
  if (!trace) return {}
  const traceparent = `00-${trace.traceId}-${randomBytes(8).toString('hex')}-${trace.sampled ? '01' : '00'}`
  return { traceparent, ...(trace.state !== '' && { tracestate: trace.state }) }
}
