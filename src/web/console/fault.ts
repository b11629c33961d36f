import type { Problem } from './problem.ts'

/** What is wrong with one of a dialog's inputs. */
export interface Fault {
  /** The input's ID, which is the name of the API's property. */
  field: string
  /** Says what the input must be. */
  text: string
}

/** Finds the input that the API refused, which its message names. @param fields the IDs of the dialog's inputs */
export function toFault({ status, text }: Problem, fields: readonly string[]): Fault | null {
  const [, field = '', first = '', rest = ''] = /^(?:body|path)\/(\w+) (.)(.*)$/s.exec(text) ?? []
  return status === 400 && fields.includes(field)
    ? { field, text: `${first.toUpperCase()}${rest.replace(/\.?$/, '.')}` }
    : null
}
