import type { Caller } from '../core/core.ts'

/** What the steps of the pipeline leave on a request for the ones around them. */
declare module 'koa' {
  interface DefaultState {
    requestId: string
    /** Known once the request is routed to an operation. */
    operationId?: string
    /** The path's ids, known to be ids once the request is validated. */
    params?: Record<string, string>
    /** Known once the request is authorized. */
    caller?: Caller
    /** Why its token was refused. */
    refused?: string
  }
}
