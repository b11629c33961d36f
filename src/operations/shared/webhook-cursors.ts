import { hash } from 'node:crypto'
import type { AgePlace } from '../../store/tables/webhooks-by-key-age.ts'
import { invalidCursor } from './pagination.ts'
import type { KeylessPlace } from './webhook-search.ts'

/** Maximum length of the text of a cursor: eight digits, a time and an ID. */
export const maxCursorLength = 90

/**
 * Formats a place in a list of webhooks as the text of a cursor. The text begins with digits that depend on the list, so
 * that another list does not accept it.
 */
export function toIdText(applicationId: string, id: string): string {
  return `${digitsOf('id', applicationId)}.${id}`
}

/** @throws RekeyError `badRequest` if the list never returned such a cursor */
export function readIdText(applicationId: string, text: string): string {
  return placeIn('id', applicationId, text)
}

/** Formats a place in a list sorted by the keys' age as the text of a cursor. */
export function toAgeText(applicationId: string, place: AgePlace | KeylessPlace): string {
  const [kind, time] = 'since' in place ? ['n', place.since] : ['k', place.createdAt]
  return `${digitsOf('keyCreatedAt', applicationId)}.${kind}${time}.${place.id}`
}

/** @throws RekeyError `badRequest` if the list never returned such a cursor */
export function readAgeText(applicationId: string, text: string): AgePlace | KeylessPlace {
  const place = placeIn('keyCreatedAt', applicationId, text)
  const [, kind, time, id] = /^([nk])(\d{1,15})\.(.*)$/.exec(place) ?? []
  if (time === undefined || id === undefined) throw invalidCursor()
  return kind === 'n' ? { since: Number(time), id } : { createdAt: Number(time), id }
}

function placeIn(sort: string, applicationId: string, text: string): string {
  const digits = `${digitsOf(sort, applicationId)}.`
  if (!text.startsWith(digits)) throw invalidCursor()
  return text.slice(digits.length)
}

function digitsOf(sort: string, applicationId: string): string {
  return hash('sha256', `${sort} ${applicationId}`).slice(0, 8)
}
