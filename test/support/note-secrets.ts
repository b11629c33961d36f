/** What a server process of the tests loads before anything else: it notes the secrets that it hands out. */
import { ledgerVariable, noteSecret } from './ledger.ts'
import { watchResponses } from './sent-responses.ts'

const ledger = process.env[ledgerVariable] ?? ''
watchResponses((_, __, text) => {
  noteSecret(ledger, text)
})
