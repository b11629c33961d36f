import { z } from 'zod'
import { readDuration, UsageError } from './options.ts'

const maxAgeSeconds = 36_500 * 86_400

/** The options that select webhooks, for `readOptions`. */
export const selectionOptions = {
  application: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  webhook: { type: 'string', multiple: true },
  'older-than': { type: 'string' },
} as const

/** The help text of these options. */
export const selectionUsage = `  --application ID      webhooks of this application; repeatable
  --all                 webhooks of every application
  --webhook ID          only this webhook; repeatable; requires exactly one --application
  --older-than AGE      only if the current key is older, for example 90d, 12h or 30m (default: any age)
`

export const selectionSchema = z.strictObject({
  applications: z.union([z.literal('*'), z.array(z.string()).min(1)]),
  webhooks: z.union([z.literal('*'), z.array(z.string()).min(1)]),
  /** Selects webhooks whose current key was created before this time (RFC 3339); null selects all. */
  createdBefore: z.iso.datetime().nullable(),
})

export type Selection = z.infer<typeof selectionSchema>

/**
 * Reads the options that select webhooks.
 * @returns a function that builds the selection at the given time, in milliseconds since 1970
 * @throws UsageError unless the options name applications or all of them
 */
export function readSelection(options: {
  application?: string[]
  all?: boolean
  webhook?: string[]
  'older-than'?: string
}): (now: number) => Selection {
  const { application, all = false, webhook, 'older-than': olderThan } = options
  if (all === (application !== undefined)) throw new UsageError('pass either --application or --all')
  if (webhook && application?.length !== 1)
    throw new UsageError('--webhook requires exactly one --application')
  const age = olderThan === undefined ? null : readDuration('--older-than', olderThan, 0, maxAgeSeconds)
  return (now) => ({
    applications: application ?? '*',
    webhooks: webhook ?? '*',
    createdBefore: age === null ? null : new Date(now - age * 1_000).toISOString(),
  })
}
