import { appendFileSync } from 'node:fs'

/** The variable with the file in which a watched process records the secrets that it returns. */
export const ledgerVariable = 'TEST_SECRETS_LEDGER'

/** Appends the secret in a response to the ledger, if there is one. */
export function noteSecret(ledger: string, text: string): void {
  const [, secret] = /"signingSecret":"(whsec_[^"]+)"/.exec(text) ?? []
  if (secret !== undefined) appendFileSync(ledger, `${secret}\n`)
}
