import type { components } from '../../client/client.ts'
import { holdsUnsavedLines, isRunning, lostRotations, type Bulk } from './bulk.ts'
import type { Dialog } from './dialogs.ts'
import { nothingKept, type KeptLists, type ListPage } from './listing.ts'
import type { Problem } from './problem.ts'
import type { Grant, Provider } from './provider.ts'
import type { Right } from './rights.ts'
import type { Route, WebhookIds } from './route.ts'
import { nothingSelected, type Selection } from './selection.ts'

type Schemas = components['schemas']
export type Application = Schemas['Application']
export type Webhook = Schemas['Webhook']
export type Key = Schemas['Key']
export type SecretState = Schemas['SecretState']
export type Probe = Schemas['Probe']
export type AuditEvent = Schemas['Event']
export type Invitation = Schemas['RotationInvitation']
export type ListedKey = Schemas['ListedKey']
export type FeedEvent = Schemas['FeedEvent']

export type Outcome<T> = Done<T> | { is: 'failed'; problem: Problem }

interface Done<T> {
  is: 'done'
  value: T
  /** Why the last attempt to load newer data failed. */
  problem?: Problem
}

/** Data from the server: still loading, loaded, or failed to load. */
export type Loadable<T> = { is: 'loading' } | Outcome<T>

/** A paginated list: the items of all pages loaded so far. */
export interface List<T> {
  items: T[]
  nextCursor: string | null
}

/** Some of the keys of all webhooks. */
export interface KeyList {
  keys: ListedKey[]
  /** Whether these are all. */
  isComplete: boolean
}

/** The keys that have a secret, which is itself forgotten once it is hashed. */
export interface Found {
  sha256: string
  keys: ListedKey[]
}

export interface Session {
  token: string
  /** The `sub` claim, unverified; null if missing. */
  subject: string | null
  /** When the token expires, in milliseconds since 1970; null if it has no `exp`. */
  expiresAt: number | null
  /** When to renew the token, in milliseconds since 1970; null if it does not expire, or cannot be renewed any more. */
  renewAt: number | null
  /** The tokens from the identity provider; null if the user entered a token. */
  grant: Grant | null
  /** Why the last attempt to renew the token failed; null if it did not. */
  renewalProblem: string | null
}

/** A secret or public key that a rotation has just issued. A secret's plaintext is available nowhere else. */
export interface NewSecret {
  webhook: WebhookIds
  keyFingerprint: string
  signingSecret: string
  /** How the user saved the secret; null if it is unsaved. */
  saved: 'copied' | 'downloaded' | null
  /** Explains to the user why copying failed; null if it did not fail. */
  copyProblem: string | null
}

/** The complete state of the console. Views are derived from it, and only actions change it. */
export interface State {
  /** The current time in milliseconds since 1970, updated every second. */
  now: number
  session: Session | null
  /** What the token may do; null until the server has said so. */
  rights: readonly Right[] | null
  /** The identity provider at which people can sign in; null if there is none. */
  provider: Provider | null
  /** Whether a sign-in at the identity provider is in progress. */
  signingIn: boolean
  /** Explains why the session ended or the entered token is malformed; null if there is nothing to explain. */
  signInNote: string | null
  route: Route
  /** What the home shows: keys of open overlaps, old current keys, keys that lost their secret, probes and expiries. */
  previousKeys: Loadable<KeyList>
  dueKeys: Loadable<KeyList>
  lostKeys: Loadable<KeyList>
  failedEvents: Loadable<FeedEvent[]>
  /** Whether the token covers any application. Loaded only if the home has nothing else to show. */
  hasApplication: Loadable<boolean>
  applications: Loadable<ListPage<Application>>
  application: Loadable<Application>
  webhooks: Loadable<ListPage<Webhook>>
  /** Whether the visible rows belong to an earlier search, because the response has not arrived. */
  isListLate: boolean
  /** What is in the search field, if it differs from the fragment; null otherwise. */
  draft: string | null
  kept: KeptLists
  selection: Selection
  webhook: Loadable<Webhook>
  keys: Loadable<SecretState>
  invitations: Loadable<List<Invitation>>
  /** Why the last attempt to revoke an invitation failed; null if it did not. */
  invitationProblem: Problem | null
  events: Loadable<List<AuditEvent>>
  /** Loading state of the visible list's next page; null if none was requested. */
  more: { is: 'loading' } | { is: 'failed'; problem: Problem } | null
  probe: Loadable<Probe> | null
  /** The result of the last search for a secret; null if there was none. */
  found: Loadable<Found> | null
  dialog: Dialog | null
  bulk: Bulk | null
  secret: NewSecret | null
  /** Text that screen readers announce when it changes. */
  announcement: string
}

const loading = { is: 'loading' } as const

/** A change that discards everything loaded for the previous page. */
export const nothingLoaded = {
  previousKeys: loading,
  dueKeys: loading,
  lostKeys: loading,
  failedEvents: loading,
  hasApplication: loading,
  applications: loading,
  application: loading,
  webhooks: loading,
  isListLate: false,
  draft: null,
  webhook: loading,
  keys: loading,
  invitations: loading,
  invitationProblem: null,
  events: loading,
  more: null,
  probe: null,
  found: null,
} satisfies Partial<State>

/** A change that ends the session, and forgets what it has loaded. */
export const signedOut = {
  ...nothingLoaded,
  session: null,
  dialog: null,
  kept: nothingKept,
  selection: nothingSelected,
} satisfies Partial<State>

export function initialState(route: Route, now: number, provider: Provider | null): State {
  return {
    now,
    route,
    ...signedOut,
    rights: null,
    provider,
    signingIn: false,
    signInNote: null,
    bulk: null,
    secret: null,
    announcement: '',
  }
}

/** Returns the word for what a rotation has issued: only webhooks with the scheme ed25519 have public keys. */
export function wordFor({ signingSecret }: NewSecret): 'secret' | 'public key' {
  return signingSecret.startsWith('whpk_') ? 'public key' : 'secret'
}

/** Returns whether leaving the page would lose a secret. A public key is never lost. */
export function holdsUnsavedSecret(state: State): boolean {
  const { secret, bulk } = state
  return (
    holdsUnsavedLines(bulk) ||
    retriable(state).length > 0 ||
    (secret?.saved === null && wordFor(secret) === 'secret')
  )
}

/** Returns the webhooks whose new secrets the page can get only as long as it keeps their Idempotency-Keys. */
export function retriable({ session, bulk }: State): string[] {
  return session && bulk ? lostRotations(bulk) : []
}

/** Returns whether leaving the page would lose the secrets of running rotations, or the link of a new invitation. */
export function isRotating({ dialog, bulk }: State): boolean {
  return isRunning(bulk) || ((dialog?.kind === 'rotate' || dialog?.kind === 'invite') && dialog.busy)
}
