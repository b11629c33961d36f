import type { Policy } from './policy.ts'
import type { Environment } from '../../config/config.ts'
import { withoutOwnVariables } from '../../config/sources.ts'
import type { ReceiverKey } from '../../domain/key-material.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { runProgram } from '../../run-program.ts'

export type Command = NonNullable<Policy['exec']>

/** Maximum length of the command's output in an error message. */
const maxQuoted = 500

/**
 * Runs the command with the secret on its standard input. Its environment has APPLICATION_ID, WEBHOOK_ID and KEY_ID,
 * and none of Rekey's own variables.
 * @throws Error that quotes the end of the output, without the secret, if the command fails
 */
export async function deliverSecret(
  { line, shell, limitSeconds }: Command,
  { applicationId, webhookId }: KeyOwner,
  { keyId, secret }: { keyId: string; secret: ReceiverKey },
  environment: Environment,
): Promise<void> {
  const [file = '', ...args] = shell ? ['sh', '-c', line] : line.trim().split(/\s+/)
  const { fault, output } = await runProgram(file, args, {
    environment: {
      ...withoutOwnVariables(environment),
      APPLICATION_ID: applicationId,
      WEBHOOK_ID: webhookId,
      KEY_ID: keyId,
    },
    input: secret,
    limitMs: limitSeconds * 1_000,
    withErrors: true,
  })
  if (fault === undefined) return
  const printed = redact(output.toString(), secret).trim().slice(-maxQuoted)
  throw new Error(`the command ${fault}${printed && `: ${printed}`}`)
}

/** Removes the secret, with or without its prefix, in case the command printed what it read. */
function redact(text: string, secret: ReceiverKey): string {
  const encoded = secret.slice(secret.indexOf('_') + 1)
  return [secret, encoded, encodeURIComponent(encoded)].reduce(
    (rest, form) => rest.replaceAll(form, '[secret]'),
    text,
  )
}
