import type { Caller } from '../operations/operation.ts'

/** A caller, with what its token allows. */
export interface AuthenticatedCaller extends Caller {
  scopes: ReadonlySet<string>
}
