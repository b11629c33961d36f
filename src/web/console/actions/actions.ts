import { createContext } from './attempt.ts'
import { createBulk, type BulkActions } from './bulk.ts'
import { createInviting, type Inviting } from './inviting.ts'
import { createFinding, type Finding } from './finding.ts'
import { createLists, type Lists } from './lists.ts'
import { createPages, type Pages } from './pages.ts'
import { createProbing, type Probing } from './probing.ts'
import { createProvisioning, type Provisioning } from './provisioning.ts'
import { createRotation, type Rotation } from './rotation.ts'
import { createProviderSignIn, type ProviderSignIn } from './provider-sign-in.ts'
import { createSecrets, type Secrets } from './secrets.ts'
import { createSelecting, type Selecting } from './selecting.ts'
import { createSessions, type Sessions } from './session.ts'
import type { Store } from '../store.ts'

/** Every action that a view can trigger. */
export type Actions = Pages &
  Lists &
  Selecting &
  BulkActions &
  Secrets &
  Sessions &
  ProviderSignIn &
  Rotation &
  Inviting &
  Probing &
  Finding &
  Provisioning

/** @param baseUrl the server's URL without `/api/v1` */
export function createActions(store: Store, baseUrl: string): Actions {
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
