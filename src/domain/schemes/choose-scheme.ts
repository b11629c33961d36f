import { isDefinedByHttp } from './http-headers.ts'
import { schemes, toScheme, type SchemeChoice, type SchemeName } from './schemes.ts'

/** The properties of a request that choose a scheme. A property that is left out keeps its value. */
export interface RequestedScheme {
  name?: SchemeName | undefined
  header?: string | undefined
}

/** Thrown if the webhook's scheme does not allow the requested signature header. The message says which it allows. */
export class HeaderNotAllowed extends Error {
  override name = 'HeaderNotAllowed'
}

/**
 * Decides which scheme a webhook has after a request.
 * @param stored the scheme that the webhook has now; the default for a new webhook
 * @throws HeaderNotAllowed
 */
export function chooseScheme(
  { name: requested, header }: RequestedScheme,
  stored: SchemeChoice = { name: 'standard-webhooks', header: null },
): SchemeChoice {
  const name = requested ?? stored.name
  const { signatureHeader, headerMayChange } = schemes[name]
  if (header === undefined) return { name, header: headerMayChange ? stored.header : null }
  if (header === signatureHeader) return { name, header: null }
  if (!headerMayChange)
    throw new HeaderNotAllowed(`must be left out or be ${signatureHeader}, as receivers of ${name} expect`)
  if (isDefinedByHttp(header))
    throw new HeaderNotAllowed(`must not be ${header}, because HTTP itself gives that header a meaning`)
  return { name, header }
}

/** Describes a change of scheme for the audit trail. Returns null if nothing changed. */
export function describeChange(before: SchemeChoice, after: SchemeChoice): string | null {
  const changes = [
    ['signatureScheme', before.name, after.name],
    ['signatureHeader', toScheme(before).signatureHeader, toScheme(after).signatureHeader],
  ].flatMap(([property, old, now]) => (old === now ? [] : [`${property} changed from ${old} to ${now}`]))
  return changes.length === 0 ? null : changes.join(', ')
}
