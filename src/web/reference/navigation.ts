import { mayLeave } from './unsaved-secret.ts'

/** The parts of the Navigation API that this page uses, which TypeScript's library lacks. */
interface NavigateEvent extends Event {
  canIntercept: boolean
  navigationType: 'push' | 'reload' | 'replace' | 'traverse'
  hashChange: boolean
  downloadRequest: string | null
  destination: { url: string }
  /** Aborts when another navigation begins. */
  signal: AbortSignal
  intercept: (options: { handler: () => Promise<void> }) => void
}

/** The folder of the pages and their modules, as in `/docs/`. */
const folder = new URL('.', import.meta.url).pathname

/**
 * Loads the reference's other pages into this document, so that it keeps the token in memory. Browsers without the
 * Navigation API load them as usual.
 * @param start called after each change of page
 */
export function keepDocument(start: () => void): void {
  const { navigation } = globalThis as { navigation?: EventTarget }
  navigation?.addEventListener('navigate', (event) => {
    const { canIntercept, navigationType, hashChange, downloadRequest, destination, signal } =
      event as NavigateEvent
    const { href, pathname } = new URL(destination.url)
    const isReference = `${pathname}/`.startsWith(folder)
    // A reload replaces the document: also the one below, which would otherwise repeat itself without end.
    if (
      !canIntercept ||
      navigationType === 'reload' ||
      hashChange ||
      downloadRequest !== null ||
      !isReference
    )
      return
    if (!mayLeave()) {
      event.preventDefault()
      return
    }
    const handler = async () => {
      const page = await load(href, signal)
      if (signal.aborted) return
      // The address has changed already, so loading it again shows the browser's own error.
      if (!page) {
        location.reload()
        return
      }
      show(page)
      start()
    }
    ;(event as NavigateEvent).intercept({ handler })
  })
}

async function load(url: string, signal: AbortSignal): Promise<Document | undefined> {
  try {
    const response = await fetch(url, { signal })
    return response.ok ? new DOMParser().parseFromString(await response.text(), 'text/html') : undefined
  } catch {
    return undefined
  }
}

/** Replaces the page, and keeps the position in the list of operations. */
function show(page: Document): void {
  const position = document.querySelector('nav')?.scrollTop ?? 0
  document.title = page.title
  document.body.replaceWith(page.body)
  document.querySelector('nav')?.scrollTo(0, position)
}
