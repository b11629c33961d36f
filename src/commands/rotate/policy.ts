import { z } from 'zod'
import { selectionSchema } from '../shared/selection.ts'

/**
 * Which webhooks a run rotates, and how. It is in the first line of the run's file, so that a resumed run uses the
 * same options.
 */
export const policySchema = selectionSchema.extend({
  /** How long the old key stays live. */
  overlapSeconds: z.int().min(0).max(604_800),
  /** Whether the server ends each overlap once it has proven the receiver. Missing in files of earlier versions. */
  endWhenProven: z.boolean().default(false),
  reason: z.string().min(1).max(500).nullable(),
  /** The command that gets each new secret on its standard input; null writes the secrets to the file. */
  exec: z
    .strictObject({
      line: z.string().min(1),
      /** Whether `sh -c` runs the line. Otherwise, spaces separate the program and its arguments. */
      shell: z.boolean(),
      limitSeconds: z.int().min(1),
    })
    .nullable(),
  /** Maximum number of rotations per second; 0 means no limit. */
  rate: z.int().min(0).max(1_000),
})

export type Policy = z.infer<typeof policySchema>
