/** Preloaded into the server processes of the tests, to record the secrets that they return. */
import { ledgerVariable, noteSecret } from './ledger.ts'
import { watchResponses } from './sent-responses.ts'

const ledger = process.env[ledgerVariable] ?? ''
watchResponses((_, __, text) => {
  noteSecret(ledger, text)
})
