import type { Environment } from '../config/config.ts'
import { follow } from './audit/follow.ts'
import { FollowedEvents } from './audit/followed-events.ts'
import { verify } from './audit/verify.ts'
import { withStore } from './shared/command-context.ts'
import { untilInterrupted } from './shared/interruption.ts'
import { readOptions, UsageError } from './shared/options.ts'

export const usage = `Usage: rekey audit verify [--against FILE]
       rekey audit follow --place FILE

verify checks the audit trail of every webhook. Each event must be unchanged and must follow the previous
one. Each stored key must have been issued by a rotation in the trail, and must have the expiry and revocation
that the trail records. The command reports the first event or key that fails, and exits with code 1.

  --against FILE  also check that the trail still has every event of FILE, unchanged. FILE has the lines that
                  \`follow\` printed, or items of GET /events; - reads standard input. This notices a trail that
                  was cut off or rewritten. Keep FILE where nobody who can write to the database can change it

follow prints every event of every webhook as a line of JSON, as GET /events returns it, and continues with
new events until you stop it. Append its output to a file, or pipe it to your log shipper.

  --place FILE    where to remember the place in the feed. Run the command again with the same file to
                  continue. A stopped or killed run loses no event. After a kill or a crash, the next run
                  can print up to 100 events once more: an event is the same if applicationId, webhookId and
                  sequence are
`

export async function run(environment: Environment, [subcommand, ...args]: string[]): Promise<void> {
  if (subcommand === 'verify') await runVerify(environment, args)
  else if (subcommand === 'follow') await runFollow(environment, args)
  else throw new UsageError('run `rekey audit verify` or `rekey audit follow`')
}

async function runVerify(environment: Environment, args: string[]): Promise<void> {
  const { against } = readOptions(args, { against: { type: 'string' } })
  // Read first, so that the trail has every event of the file.
  const followed = against === undefined ? null : await FollowedEvents.read(against)
  const result = await withStore(environment, (context) => verify(context, followed))
  const compared = followed && { compared: followed.count, unreadable: followed.unreadable }
  process.stdout.write(`${JSON.stringify({ ...result, ...compared })}\n`)
  if (result.broken !== null) throw new Error(result.broken)
}

async function runFollow(environment: Environment, args: string[]): Promise<void> {
  const { place } = readOptions(args, { place: { type: 'string' } })
  if (place === undefined) throw new UsageError('name a file with --place')
  await untilInterrupted((interrupted) =>
    withStore(environment, (context) => follow(context, place, interrupted)),
  )
}
