/** What a server process of the tests loads before anything else: it notes the secrets that it hands out. */
import { ledgerVariable, noteSecret } from './ledger.ts'
import { watchAnswers } from './sent-answers.ts'

const ledger = process.env[ledgerVariable] ?? ''
watchAnswers((_, __, text) => {
  noteSecret(ledger, text)
})
