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

/** What became of a request. */
export type Outcome<T> = { is: 'done'; value: T } | { is: 'failed'; problem: Problem }

/** A part of the page that is asked of the server. */
export type Loadable<T> = { is: 'loading' } | Outcome<T>

/** The pages of a list that were asked for so far, as one. */
export interface List<T> {
  items: T[]
  nextCursor: string | null
}

/** The token that is signed in with. */
export interface Session {
  token: string
  /** Who the token is for, as it says itself; null if it does not. */
  subject: string | null
  /** When the token ends, in milliseconds since 1970; null if it does not say. */
  expiresAt: number | null
}

/** A secret that a rotation has just issued. Here, in the page, is the only place that has it. */
export interface NewSecret {
  webhook: WebhookIds
  keyFingerprint: string
  signingSecret: string
  /** Whether it is elsewhere too by now. */
  saved: 'copied' | 'downloaded' | null
  /** What went wrong when it was to be copied, in words. */
  copyProblem: string | null
}

/** The dialog in sight, with what was entered in it so far. */
export type Dialog =
  | { kind: 'rotate'; webhook: WebhookIds; overlapSeconds: number; busy: boolean; problem: Problem | null }
  | { kind: 'revoke'; webhook: WebhookIds; busy: boolean; problem: Problem | null }
  /** Asked before a secret is lost that was never copied. */
  | { kind: 'leave'; proceed: () => void }

/** All that the console knows. What is shown follows from it, and only actions change it. */
export interface State {
  /** In milliseconds since 1970, brought up to date every second. */
  now: number
  session: Session | null
  /** Why one has to sign in again. */
  signInNote: string | null
  route: Route
  applications: Loadable<List<Application>>
  application: Loadable<Application>
  webhooks: Loadable<List<Webhook>>
  /** Of the webhooks of the list that have more than one live key, by their ids. */
  overlaps: Record<string, SecretState>
  webhook: Loadable<Webhook>
  keys: Loadable<SecretState>
  events: Loadable<List<AuditEvent>>
  /** What the next page of the list in sight is doing; null while it is not asked for. */
  more: { is: 'loading' } | { is: 'failed'; problem: Problem } | null
  probe: Loadable<Probe> | null
  dialog: Dialog | null
  secret: NewSecret | null
  /** Said by screen readers when it changes. */
  announcement: string
}

/** Holds the state. */
export interface Store {
  get: () => State
  set: (change: Partial<State>) => void
}

/** @param show is called after every change with the states before and after it */
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

/** Nothing of what was loaded for the page before. */
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

/** What is known when the page is opened: its address. */
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

/** Whether leaving the page now would lose a secret. */
export function holdsUnsavedSecret({ secret }: State): boolean {
  return secret?.saved === null
}

/** Whether a secret is on its way, which leaving the page would lose. */
export function isRotating({ dialog }: State): boolean {
  return dialog?.kind === 'rotate' && dialog.busy
}
