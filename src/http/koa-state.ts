import type { Caller } from '../core/core.ts'

/** State that the pipeline's steps attach to a request for each other. */
declare module 'koa' {
  interface DefaultState {
    requestId: string
    /** Set after routing. */
    operationId?: string
    /** The IDs in the path. Set after validation. */
    params?: Record<string, string>
    /** Set after authorization. */
    caller?: Caller
    /** Why the request was refused with 401 or 403. */
    refused?: string
  }
}
