import { render } from 'lit-html'
import { createStore } from '../shared/store.ts'
import { createActions } from './actions/actions.ts'
import { settleFocus } from './focus.ts'
import { isReturn, readProvider, returnHash } from './openid.ts'
import { remember } from './listing.ts'
import { readRoute } from './route.ts'
import { holdsUnsavedSecret, initialState, isRotating, type State } from './state.ts'
import { layout } from './views/layout.ts'

const { search } = location
const provider = readProvider()
// The code in the URL works only once, and must not stay in the history.
if (isReturn(search)) history.replaceState(null, '', location.pathname + returnHash(search))

const store = createStore(initialState(readRoute(location.hash), Date.now(), provider), show)
// The API shares the page's origin and any path prefix that a proxy adds.
const actions = createActions(store, new URL('.', location.href).href)

function show(before: State, after: State): void {
  const settle = settleFocus(before, after)
  document.title = title(after)
  render(layout(after, actions), document.body)
  settle()
}

function title(state: State): string {
  const { route, session } = state
  const unsaved = holdsUnsavedSecret(state) ? '● ' : ''
  if (!session) return `${unsaved}Sign in · Rekey`
  if (route.page === 'home') return `${unsaved}Overview · Rekey`
  if (route.page === 'applications') return `${unsaved}Applications · Rekey`
  if (route.page === 'application') return `${unsaved}${route.applicationId} · Rekey`
  if (route.page === 'webhook') return `${unsaved}${route.webhookId} · ${route.applicationId} · Rekey`
  if (route.page === 'find') return `${unsaved}Find a secret · Rekey`
  return `${unsaved}Rekey`
}

let shownHash = location.hash
// The browser restores the scroll position too early, before the list of an earlier page is there.
history.scrollRestoration = 'manual'
history.replaceState({ shown: true }, '')
let scrolled: ReadonlyMap<string, number> = new Map()

addEventListener('hashchange', () => {
  const { hash } = location
  if (hash === shownHash) return
  // Only the history has entries that the page has marked.
  const isBack = history.state !== null
  const open = () => {
    scrolled = remember(scrolled, shownHash, scrollY)
    shownHash = hash
    history.replaceState({ shown: true }, '', hash)
    actions.open(readRoute(hash))
    scrollTo(0, isBack || isInList() ? (scrolled.get(hash) ?? 0) : 0)
  }
  // Restore the URL of the visible page, because the user may decide to stay.
  if (!actions.leave(open)) history.replaceState({ shown: true }, '', shownHash || '#/')
})

/** Returns whether the focus is on a row of a list, which is where the user came from. */
function isInList(): boolean {
  return document.activeElement?.closest('tbody') !== null
}

addEventListener('keydown', (event) => {
  const search = document.getElementById('search')
  const isTyping =
    event.target instanceof Element && event.target.matches('input:not([type="checkbox"]), textarea, select')
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return
  if (!search || document.querySelector('dialog')) return
  event.preventDefault()
  search.focus()
})

addEventListener('beforeunload', (event) => {
  if (holdsUnsavedSecret(store.get()) || isRotating(store.get())) event.preventDefault()
})

let hiddenSince = Infinity
document.addEventListener('visibilitychange', () => {
  const wasAway = !document.hidden && Date.now() - hiddenSince > 60_000
  hiddenSince = document.hidden ? Date.now() : Infinity
  const { session, route } = store.get()
  if (wasAway && session && route.page === 'home') actions.reload()
})

setInterval(() => {
  actions.tick(Date.now())
  void actions.keepSignedIn(Date.now())
}, 1_000)
document.body.replaceChildren()
show(store.get(), store.get())
if (provider && isReturn(search)) void actions.completeSignIn(provider, search)
