import type { Environment } from '../../config/config.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { executeForEach } from '../shared/execute-for-each.ts'
import { linkBaseOf } from '../shared/link-base.ts'
import { loadConfig } from '../shared/load-config.ts'
import { createInvitationsFile, resumeInvitationsFile, type InvitationRun } from './invitations-file.ts'
import type { InviteOptions, RotateOptions } from './read-rotate-options.ts'

/**
 * Creates an invitation for each selected webhook that has a secret, and writes its link to a file. After a crash, an
 * invitation may exist whose link was not written: nobody knows its token, and it expires.
 * @throws Error if the links' base URL is unknown, or if some webhooks got no link
 */
export async function inviteAll(
  environment: Environment,
  { selection, terms, rate }: InviteOptions,
  { output, resume }: Pick<RotateOptions, 'output' | 'resume'>,
): Promise<void> {
  const { config } = await loadConfig(environment)
  if (linkBaseOf(config) === undefined)
    throw new Error(
      'the links need a public URL; set REKEY_PUBLIC_URL to the URL at which users reach the server',
    )
  const name = resume ?? output ?? `rekey-invitations-${new Date().toISOString().replaceAll(':', '-')}.jsonl`
  let file = resume === undefined ? undefined : resumeInvitationsFile(resume)
  let run: InvitationRun | undefined = file?.run
  const already = file?.count() ?? 0
  const select = (now: number) => {
    run ??= { selection: selection(now), terms }
    return run.selection
  }
  // Create the file after the selection has succeeded, so that an unknown ID leaves no empty file behind.
  const begin = () => {
    if (run) file ??= createInvitationsFile(name, run)
    // Print the path first: an interrupted run must still reveal where the links are.
    process.stderr.write(`writing links to ${name}\n`)
    return (owner: KeyOwner) => file?.has(owner) ?? false
  }
  try {
    const outcome = await executeForEach(
      environment,
      {
        operationId: 'createRotationInvitation',
        body: run?.terms ?? terms,
        actor: 'rekey rotate --invite',
        rate,
        counted: 'invited',
        selection: select,
        begin,
      },
      ({ applicationId, webhookId }, { id, url, expiresAt }) => {
        file?.append({ applicationId, webhookId, invitationId: id, url, expiresAt })
      },
    )
    const { withoutSecret, failed, remaining } = outcome
    const invited = (file?.count() ?? 0) - already
    process.stdout.write(
      `${JSON.stringify({ file: name, invited, already, withoutSecret, failed, ...(remaining > 0 && { remaining }) })}\n`,
    )
    const again = `rekey rotate --invite --resume ${name}`
    if (remaining > 0) throw new Error(`interrupted; ${remaining} webhooks remain. Continue with: ${again}`)
    if (failed.length > 0)
      throw new Error(`some webhooks got no link; "failed" lists them. Try them again with: ${again}`)
  } finally {
    file?.close()
  }
}
