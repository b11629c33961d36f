/**
 * Compares `generated/openapi.json` with the last released document, `openapi/released/openapi.json`. Fails on every
 * change that can break a client, regardless of the version number. To accept a break in the next release, list it in
 * `openapi/released/accepted-breaks.json` with the `change` that this command prints and a `reason`. A release replaces
 * the released document and empties the list.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { defaultMaxBodyBytes } from '../src/http/request/json-body.ts'
import { redocly } from './redocly.ts'

/** The parts of a `redocly diff` report that this script reads. */
interface Report {
  infoVersions: { base: string; revision: string }
  changes: Change[]
}

interface Change {
  path: string
  typeName: string
  impact: 'major' | 'minor' | 'patch'
  verdicts: { message: string }[]
  property?: string
  base?: { value?: unknown }
  revision?: { value?: unknown }
}

const releasedFile = 'openapi/released/openapi.json'
const acceptedFile = 'openapi/released/accepted-breaks.json'
const acceptedBreaks = z.array(z.strictObject({ change: z.string(), reason: z.string().min(20) }))

function compare(): Report {
  const files = [releasedFile, 'generated/openapi.json'].map((file) => resolve(file))
  return JSON.parse(redocly('diff', ...files, '--format=json', '--fail-on=none')) as Report
}

/** Returns whether a change can break a client, including changes that Redocly's rules do not cover. */
function breaks({ impact, typeName, property, base, revision }: Change): boolean {
  if (typeName === 'Header' && property === 'required') return revision?.value !== true
  if (property === 'x-max-body-bytes') return maxBodyBytes(revision) < maxBodyBytes(base)
  return impact === 'major' || property === 'default'
}

function maxBodyBytes(side: Change['base']): number {
  return Number(side?.value ?? defaultMaxBodyBytes)
}

function describe({ path, verdicts, property, base, revision }: Change): string {
  const messages = verdicts.map(({ message }) => message)
  const values = [base, revision].map((side) => JSON.stringify(side?.value ?? null))
  return `${path} ${messages.join(' ') || `${property} ${values.join(' became ')}.`}`
}

const accepted = new Map(
  acceptedBreaks
    .parse(JSON.parse(readFileSync(acceptedFile, 'utf8')))
    .map(({ change, reason }) => [change, reason]),
)
const { infoVersions, changes } = compare()
const found = changes.filter(breaks).map(describe)
const unaccepted = found.filter((change) => !accepted.has(change))
const stale = [...accepted.keys()].filter((change) => !found.includes(change))

console.log(`breaking changes since ${infoVersions.base}: ${found.length}, accepted: ${accepted.size}`)
for (const [change, reason] of accepted) console.log(`accepted: ${change}\n  ${reason}`)
for (const change of unaccepted) console.error(`not accepted: ${change}`)
for (const change of stale) console.error(`accepted, but no longer found: ${change}`)
if (unaccepted.length + stale.length > 0) {
  console.error(`Revert the changes, or update ${acceptedFile}.`)
  process.exitCode = 1
}
