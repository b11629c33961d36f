export interface Store<State> {
  get: () => State
  set: (change: Partial<State>) => void
}

/**
 * Creates the store that holds a page's state.
 * @param show called after every change, with the states before and after it
 */
export function createStore<State>(
  initial: State,
  show: (before: State, after: State) => void,
): Store<State> {
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
