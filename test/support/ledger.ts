import { appendFileSync } from 'node:fs'

/** Where a process that is watched notes the secrets that it hands out. */
export const ledgerVariable = 'TEST_SECRETS_LEDGER'

/** Notes the secret that an answer hands out, if it does, on a line of its own. */
export function noteSecret(ledger: string, text: string): void {
  const [, secret] = /"signingSecret":"(whsec_[^"]+)"/.exec(text) ?? []
  if (secret !== undefined) appendFileSync(ledger, `${secret}\n`)
}
