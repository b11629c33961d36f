import { render } from 'lit-html'
import { createActions } from './actions/actions.ts'
import { settleFocus } from './focus.ts'
import { isReturn, readProvider, returnHash } from './openid.ts'
import { readRoute } from './route.ts'
import { createStore, holdsUnsavedSecret, initialState, isRotating, type State } from './state.ts'
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
addEventListener('hashchange', () => {
  const { hash } = location
  if (hash === shownHash) return
  const open = () => {
    shownHash = hash
    if (location.hash !== hash) history.replaceState(null, '', hash)
    actions.open(readRoute(hash))
  }
  // Restore the URL of the visible page, because the user may decide to stay.
  if (!actions.leave(open)) history.replaceState(null, '', shownHash || '#/')
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
