import { createClient, type Client } from '../../../client/client.ts'
import { toProblem, type Attempt } from '../problem.ts'
import { nothingLoaded, type Outcome, type Store } from '../state.ts'

/** The state and the API client, shared by all actions. */
export interface Context {
  store: Store
  client: Client
  /**
   * Runs `call` and returns its outcome. A 401 ends the session.
   * @param call sends the requests
   */
  attempt: <T>(attempt: Attempt, call: () => Promise<T>) => Promise<Outcome<T>>
}

/** @param baseUrl the URL of the server */
export function createContext(store: Store, baseUrl: string): Context {
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
        // Keep a session that was started since the request.
        if (problem.status === 401 && store.get().session === session)
          store.set({ ...nothingLoaded, session: null, signInNote: problem.text, dialog: null })
        return { is: 'failed', problem }
      }
    },
  }
}
