import type { components } from '../../client/client.ts'
import type { Problem } from './problem.ts'

export type Invitation = components['schemas']['PresentedInvitation']
export type Probe = components['schemas']['Probe']

/** What the page shows. */
export interface State {
  view:
    | { is: 'loading' }
    /** The page was opened without an invitation's link, or the invitation cannot be read. */
    | { is: 'stopped'; problem: Problem }
    | { is: 'open'; invitation: Invitation }
    | { is: 'rotated'; invitation: Invitation; secret: Secret }
    /** The link was used, and this tab does not have the secret. */
    | { is: 'used'; invitation: Invitation }
  /** Whether a rotation is in progress. */
  rotating: boolean
  /** Why the last attempt to rotate failed. */
  problem: Problem | null
  probe: 'none' | 'running' | { done: Probe } | { failed: Problem }
  /** Read aloud by screen readers. */
  announcement: string
  /** Milliseconds since 1970. */
  now: number
}

export interface Secret {
  signingSecret: string
  keyFingerprint: string
  revealed: boolean
  /** How the user saved the secret; null if not yet. */
  saved: 'copied' | 'downloaded' | null
  copyFailed: boolean
}
