import type { State } from './state.ts'

export interface Store {
  get: () => State
  set: (change: Partial<State>) => void
}

/**
 * Creates the store that holds the console's state.
 * @param show called after every change, with the states before and after it
 */
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
