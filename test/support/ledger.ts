import { appendFileSync } from 'node:fs'

/** The environment variable that sets the file in which a server process records the secrets it returns. */
export const ledgerVariable = 'TEST_SECRETS_LEDGER'

/**
 * Appends the signing secret or the invitation's token in a response body to the ledger file, if there is one. Public
 * keys are not secret.
 */
export function noteSecret(ledger: string, text: string): void {
  const [, secret] = /"signingSecret":("(?:[^"\\]|\\.)+")/.exec(text) ?? []
  if (secret !== undefined && !secret.startsWith('"whpk_'))
    appendFileSync(ledger, `${JSON.parse(secret) as string}\n`)
  const [invitation] = /(?<=#)rki_[\w-]{43}/.exec(text) ?? []
  if (invitation !== undefined) appendFileSync(ledger, `${invitation}\n`)
}
