import { createClient, type Client } from '../../../client/client.ts'
import { toProblem, type Attempt } from '../problem.ts'
import { nothingLoaded, type Outcome, type Store } from '../state.ts'

/** What actions work with: the state, and the API. */
export interface Context {
  store: Store
  client: Client
  /**
   * Sends requests and says what became of them. A token that the server does not take ends the session.
   * @param call makes the requests
   */
  attempt: <T>(attempt: Attempt, call: () => Promise<T>) => Promise<Outcome<T>>
}

/** @param baseUrl where the server is */
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
        // Not one that was entered since.
        if (problem.status === 401 && store.get().session === session)
          store.set({ ...nothingLoaded, session: null, signInNote: problem.text, dialog: null })
        return { is: 'failed', problem }
      }
    },
  }
}
