import type { TraceContext } from '../trace-context.ts'
import type { AuthenticatedCaller } from './authentication/caller.ts'

/** State that a middleware attaches to a request for other middleware. */
declare module 'koa' {
  interface DefaultState {
    requestId: string
    /** Set if the request has a valid `traceparent`. */
    trace?: TraceContext
    /** Set after routing. */
    operationId?: string
    /** The IDs in the path. Set after validation. */
    params?: Record<string, string>
    /** Set after authorization. */
    caller?: AuthenticatedCaller
    /** Why the request was refused with 401 or 403. */
    refused?: string
  }
}
