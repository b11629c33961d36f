import type { components } from '../../client/client.ts'
import type { Problem } from './problem.ts'
import type { Route, WebhookIds } from './route.ts'

type Schemas = components['schemas']
export type Application = Schemas['Application']
export type Webhook = Schemas['Webhook']
export type Key = Schemas['Key']
export type SecretState = Schemas['SecretState']
export type Probe = Schemas['Probe']
export type AuditEvent = Schemas['Event']

export type Outcome<T> = { is: 'done'; value: T } | { is: 'failed'; problem: Problem }

/** A part of the page that is loaded from the server. */
export type Loadable<T> = { is: 'loading' } | Outcome<T>

/** The pages of a list loaded so far, joined. */
export interface List<T> {
  items: T[]
  nextCursor: string | null
}

export interface Session {
  token: string
  /** The `sub` claim, unverified; null if missing. */
  subject: string | null
  /** When the token expires, in milliseconds since 1970; null if it has no `exp`. */
  expiresAt: number | null
}

/** A secret that a rotation has just issued. No other place has it in plaintext. */
export interface NewSecret {
  webhook: WebhookIds
  keyFingerprint: string
  signingSecret: string
  /** How the user saved the secret; null if not yet. */
  saved: 'copied' | 'downloaded' | null
  /** Why copying failed, as text for the user. */
  copyProblem: string | null
}

/** The open dialog and its inputs. */
export type Dialog =
  | { kind: 'rotate'; webhook: WebhookIds; overlapSeconds: number; busy: boolean; problem: Problem | null }
  | { kind: 'revoke'; webhook: WebhookIds; busy: boolean; problem: Problem | null }
  /** Warns that a secret which was not saved will be lost. */
  | { kind: 'leave'; proceed: () => void }

/** The complete state of the console. Views are derived from it, and only actions change it. */
export interface State {
  /** In milliseconds since 1970, updated every second. */
  now: number
  session: Session | null
  /** Why the user has to sign in again. */
  signInNote: string | null
  route: Route
  applications: Loadable<List<Application>>
  application: Loadable<Application>
  webhooks: Loadable<List<Webhook>>
  /** The keys of listed webhooks with more than one live key, by webhook ID. */
  overlaps: Record<string, SecretState>
  webhook: Loadable<Webhook>
  keys: Loadable<SecretState>
  events: Loadable<List<AuditEvent>>
  /** The state of the request for the next page of the visible list; null without a request. */
  more: { is: 'loading' } | { is: 'failed'; problem: Problem } | null
  probe: Loadable<Probe> | null
  dialog: Dialog | null
  secret: NewSecret | null
  /** Read aloud by screen readers when it changes. */
  announcement: string
}

export interface Store {
  get: () => State
  set: (change: Partial<State>) => void
}

/** @param show called after every change, with the state before and after */
export function createStore(initial: State, show: (before: State, after: State) => void): Store {
  let state = initial
  return {
    get: () => state,
    set(change) {
      const before = state
      state = { ...before, ...change }
      show(before, state)
    },
  }
}

const loading = { is: 'loading' } as const

/** Discards everything that was loaded for the previous page. */
export const nothingLoaded = {
  applications: loading,
  application: loading,
  webhooks: loading,
  overlaps: {},
  webhook: loading,
  keys: loading,
  events: loading,
  more: null,
  probe: null,
} satisfies Partial<State>

export function initialState(route: Route, now: number): State {
  return {
    now,
    route,
    session: null,
    signInNote: null,
    ...nothingLoaded,
    dialog: null,
    secret: null,
    announcement: '',
  }
}

/** Returns whether leaving the page would lose a secret. */
export function holdsUnsavedSecret({ secret }: State): boolean {
  return secret?.saved === null
}

/** Returns whether leaving the page would lose the secret of a running rotation. */
export function isRotating({ dialog }: State): boolean {
  return dialog?.kind === 'rotate' && dialog.busy
}
