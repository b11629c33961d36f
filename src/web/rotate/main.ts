import { render } from 'lit-html'
import { createStore } from '../shared/store.ts'
import { createActions } from './actions.ts'
import type { State } from './state.ts'
import { page } from './views/page.ts'

const store = createStore<State>(
  {
    view: { is: 'loading' },
    rotating: false,
    problem: null,
    probe: 'none',
    announcement: '',
    now: Date.now(),
  },
  show,
)
// The API shares the page's origin and any path prefix that a proxy adds.
const actions = createActions(store, new URL('.', location.href).href)

function show(before: State, after: State): void {
  render(page(after, actions), document.body)
  document.title = `${isUnsaved(after) ? '● ' : ''}Rotate a signing secret · Rekey`
  // Moves the focus to new content; the first view keeps the browser's initial focus.
  if (before.view.is !== after.view.is && before.view.is !== 'loading')
    document.querySelector<HTMLElement>('h1')?.focus()
}

function isUnsaved({ view }: State): boolean {
  return view.is === 'rotated' && view.secret.saved === null
}

/** Says what is lost if this page shows something else; null if nothing is. */
function wouldLose(state: State): string | null {
  if (state.rotating) return 'The new secret is about to appear on this page.'
  return isUnsaved(state) ? 'The secret on this page is not stored yet.' : null
}

addEventListener('beforeunload', (event) => {
  if (wouldLose(store.get()) !== null) event.preventDefault()
})

// Another invitation's link, opened in the same tab, changes only the fragment.
addEventListener('hashchange', () => {
  if (location.hash === '') return
  const loss = wouldLose(store.get())
  if (loss !== null && !confirm(`${loss} Discard it?`))
    history.replaceState(null, '', location.pathname + location.search)
  else void actions.open()
})

setInterval(() => {
  actions.tick(Date.now())
}, 1_000)
document.body.replaceChildren()
void actions.open()
