import { createContext } from './attempt.ts'
import { createBulk } from './bulk.ts'
import { createInviting } from './inviting.ts'
import { createFinding } from './finding.ts'
import { createLists } from './lists.ts'
import { createPages } from './pages.ts'
import { createProbing } from './probing.ts'
import { createProvisioning } from './provisioning.ts'
import { createRotation } from './rotation.ts'
import { createProviderSignIn } from './provider-sign-in.ts'
import { createSecrets } from './secrets.ts'
import { createSelecting } from './selecting.ts'
import { createSessions } from './session.ts'
import type { Store } from '../../shared/store.ts'
import type { State } from '../state.ts'

/** Every action that a view can trigger. */
export type Actions = ReturnType<typeof createActions>

/** @param baseUrl the server's URL without `/api/v1` */
export function createActions(store: Store<State>, baseUrl: string) {
  const context = createContext(store, baseUrl)
  const lists = createLists(context)
  const pages = createPages(context, lists)
  const secrets = createSecrets(context)
  return {
    ...lists,
    ...pages,
    ...createSelecting(context, lists),
    ...createBulk(context, pages, secrets),
    ...secrets,
    ...createSessions(context, pages, secrets),
    ...createProviderSignIn(context, pages),
    ...createRotation(context, pages, secrets),
    ...createInviting(context, pages),
    ...createProbing(context, pages),
    ...createFinding(context),
    ...createProvisioning(context, pages),
  }
}
