/** Records the secrets that a server process returns. Tests preload this module with `--import`. */
import { ledgerVariable, noteSecret } from './ledger.ts'
import { watchResponses } from './sent-responses.ts'

const ledger = process.env[ledgerVariable] ?? ''
watchResponses((_, __, text) => {
  noteSecret(ledger, text)
})
