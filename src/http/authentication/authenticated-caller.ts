import type { Caller } from '../../core/core.ts'

/** A caller, with what its token allows. */
export interface AuthenticatedCaller extends Caller {
  scopes: ReadonlySet<string>
}
