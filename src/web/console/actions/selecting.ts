import { atCursor } from '../listing.ts'
import { maxSelected, nothingSelected, pick, range, type Selectable, type Selection } from '../selection.ts'
import type { Context } from './attempt.ts'
import { mayList, type Lists } from './lists.ts'

/** Creates the actions that select webhooks in a list. */
export function createSelecting({ store, attempt }: Context, { requestWebhooks }: Lists) {
  function change(selection: Selection): void {
    const { size } = selection.keyIds
    store.set({ selection, announcement: size === 0 ? 'Nothing is selected.' : `${size} selected.` })
  }

  function select(webhooks: readonly Selectable[], isPicked: boolean): void {
    change(pick(store.get().selection, webhooks, isPicked))
  }

  /** Selects or deselects one webhook. @param isRange also those between it and the one that was clicked last */
  function selectOne(id: string, isPicked: boolean, isRange: boolean): void {
    const { selection, webhooks } = store.get()
    const items = new Map(webhooks.is === 'done' ? webhooks.value.items.map((item) => [item.id, item]) : [])
    const ids = [id, ...(isRange ? range([...items.keys()], selection.anchor, id) : [])]
    const chosen = ids.flatMap((each) => items.get(each) ?? [])
    change({ ...pick(selection, chosen, isPicked), anchor: id })
  }

  function clearSelection(): void {
    change({ ...nothingSelected, list: store.get().selection.list })
  }

  /**
   * Reads all pages of the list, up to the maximum, and selects every webhook that matches. Ends early once the user
   * changes the selection, opens another list or signs out.
   */
  async function selectAllMatching(): Promise<void> {
    const { route, selection } = store.get()
    if (route.page !== 'application') return
    const gathering = { is: 'loading' } as const
    const isOver = () => store.get().selection.gathering !== gathering
    store.set({ selection: { ...selection, gathering } })
    const outcome = await attempt(mayList.webhooks, async () => {
      const found: Selectable[] = []
      let cursor: string | null = null
      do {
        const page = await requestWebhooks(atCursor(route, cursor))
        found.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== null && found.length < maxSelected && !isOver())
      return found
    })
    if (isOver()) return
    const { selection: current } = store.get()
    if (outcome.is === 'failed')
      store.set({ selection: { ...current, gathering: outcome }, announcement: outcome.problem.title })
    else change(pick(current, outcome.value, true))
  }

  return { select, selectOne, clearSelection, selectAllMatching }
}
