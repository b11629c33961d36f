import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { scopes as knownScopes } from '../../generated/scopes.ts'
import { closest } from './closest.ts'

const allowedScopes = `allowed scopes: ${knownScopes.join(', ')}`
const anApplication =
  'must be "*", or the ID of an application: 1 to 64 letters, digits, dots, underscores or hyphens'

const claims = z
  .unknown()
  // zod would silently drop a condition on `__proto__`, and the grant would apply to more tokens than intended.
  .refine(
    (claims) => !Object.hasOwn(Object(claims) as object, '__proto__'),
    'must not name the claim __proto__',
  )
  .pipe(
    z.record(
      z.string(),
      z.string('must be a string, in which * stands for any run of characters'),
      'must be an object of claims and their values',
    ),
  )
  .refine(
    (claims) => Object.keys(claims).length > 0,
    'must name a claim; without one, the grant would apply to every token',
  )

const scope = z
  .string('must be a string of scopes, separated by spaces')
  .transform((text) => text.split(' ').filter((word) => word !== ''))
  .superRefine((scopes, context) => {
    if (scopes.length === 0) context.addIssue(`must name a scope; ${allowedScopes}`)
    for (const scope of scopes.filter((scope) => !knownScopes.includes(scope))) {
      const meant = closest(scope, knownScopes)
      context.addIssue(
        `lists the unknown scope ${scope}; ${meant ? `did you mean ${meant}?` : allowedScopes}`,
      )
    }
  })

const applications = z
  .array(
    z.string(anApplication).regex(/^(\*|(?!\.+$)[A-Za-z0-9_.-]{1,64})$/, anApplication),
    'must be an array of application IDs, or ["*"] for all',
  )
  .min(1, 'must name an application, or "*" for all')

const grant = z.strictObject(
  { claims, scope, applications },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has the unknown property ${issue.keys.join(', ')}; allowed properties: claims, scope, applications`
        : 'must be an object with claims, scope and applications',
  },
)

const grants = z
  .array(grant, 'must be a JSON array of grants')
  .min(1, 'must contain a grant; with none, no token has any rights')

/** The path of a JSON file. The schema reads the file and returns its path and its grants. */
export const grantsFile = z.string().transform((file, context) => {
  const fault = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return fault(
      `must be the path of a JSON file; reading it failed with ${(error as NodeJS.ErrnoException).code}`,
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    // Report only the place. The rest of the message quotes the file, which may contain keys if the variable is set to
    // the wrong path.
    const [place = ''] = /line \d+ column \d+/.exec((error as Error).message) ?? []
    return fault(`(${file}) must contain JSON${place && `; there is an error at ${place}`}`)
  }
  const repeated = repeatedName(text)
  if (repeated !== undefined)
    return fault(`(${file}) must not name ${repeated} twice in one object; remove one of them`)
  const { data, error } = grants.safeParse(json)
  for (const { path, message } of error?.issues ?? []) fault(`(${file})${placeOf(path)} ${message}`)
  return data ? { file, grants: data } : z.NEVER
})

/**
 * Returns a name that an object in the JSON repeats. JSON.parse keeps only the name's last value, so a grant could lose
 * a condition and apply to more tokens.
 */
function repeatedName(json: string): string | undefined {
  const kept: string[] = []
  JSON.parse(json, function (this: unknown, name, value: unknown) {
    if (!Array.isArray(this)) kept.push(name)
    return value
  })
  kept.pop() // the root, which has no name
  kept.sort()
  const written = (json.match(/"(?:[^"\\]|\\.)*"\s*:?/g) ?? [])
    .filter((part) => part.endsWith(':'))
    .map((part) => JSON.parse(part.slice(0, -1)) as string)
    .sort()
  return written.find((name, index) => name !== kept[index])
}

export type GrantsFile = z.output<typeof grantsFile>

/** Formats a place in the file with a leading space, as in ` [0].claims.sub`; an empty string for the whole file. */
function placeOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return steps.length > 0 ? ` ${steps.join('')}` : ''
}
