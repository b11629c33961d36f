import { createClient, type Client } from '../../../client/client.ts'
import type { Store } from '../../shared/store.ts'
import { toProblem, type Attempt } from '../problem.ts'
import { signedOut, type Outcome, type State } from '../state.ts'

/** The state and the API client that all actions share. */
export interface Context {
  store: Store<State>
  client: Client
  /**
   * Runs `call`, which sends a request. Returns the outcome. A 401 ends the session.
   * @param attempt describes the action, for the error text if the request fails
   */
  attempt: <T>(attempt: Attempt, call: () => Promise<T>) => Promise<Outcome<T>>
}

/** @param baseUrl the server's URL without `/api/v1` */
export function createContext(store: Store<State>, baseUrl: string): Context {
  const client = createClient({ baseUrl, token: () => store.get().session?.token ?? '' })
  return {
    store,
    client,
    async attempt(attempt, call) {
      const { session } = store.get()
      try {
        return { is: 'done', value: await call() }
      } catch (error) {
        const problem = toProblem(error, attempt, Date.now())
        // A 401 must not end a session that started after the request was sent.
        if (problem.status === 401 && store.get().session?.token === session?.token)
          store.set({ ...signedOut, signInNote: problem.text })
        return { is: 'failed', problem }
      }
    },
  }
}
