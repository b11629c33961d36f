/** Failures that the page shows once, at its top, in place of the same notice in several sections. */
import { merge, reasonOf, type Problem } from './problem.ts'
import type { State } from './state.ts'

/** Returns the failures to show at the top of the page: those of several parts, and those of parts with older data. */
export function pageProblems(state: State): Problem[] {
  const failures = failuresOf(state)
  return [...new Set(failures.map(({ problem }) => reasonOf(problem)))].flatMap((reason) => {
    const [first, ...others] = failures.filter(({ problem }) => reasonOf(problem) === reason)
    if (!first || (others.length === 0 && !first.isStale)) return []
    return [merge([first.problem, ...others.map(({ problem }) => problem)])]
  })
}

/** Returns whether the failure is among those at the top of the page. */
export function isOnTop(problem: Problem, state: State): boolean {
  return pageProblems(state).some((shown) => reasonOf(shown) === reasonOf(problem))
}

/** Returns whether a part of the page shows data from before a failure. */
export function isStale(state: State): boolean {
  return failuresOf(state).some((failure) => failure.isStale)
}

/** Reads every part of the state that the server fills, so that none is forgotten here. */
function failuresOf(state: State): { problem: Problem; isStale: boolean }[] {
  return Object.values(state).flatMap((part: unknown) => {
    const { is, problem } = (part ?? {}) as { is?: 'done' | 'failed'; problem?: Problem }
    return is && problem ? [{ problem, isStale: is === 'done' }] : []
  })
}
