import { appendFileSync } from 'node:fs'
import type { Environment } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { PrivateKey } from '../../src/domain/private-key.ts'
import { Keyring } from '../../src/domain/sealing.ts'
import { withDatabase } from './database.ts'
import { exampleEnvironment } from './environment.ts'
import { ledgerOf } from './secret-search.ts'

interface Database {
  databaseUrl: string
  folder: string
}

/**
 * Unseals all private keys in a database, and adds them to the ledger. After the test, the database and the log are
 * searched for them too.
 * @returns the keys as they are sealed, oldest first
 */
export async function notePrivateKeys(
  { databaseUrl, folder }: Database,
  environment: Environment = {},
): Promise<string[]> {
  const keyring = new Keyring(readConfig({ ...exampleEnvironment, ...environment }).encryptionKeys)
  const rows = await withDatabase(databaseUrl, (queries) =>
    queries.selectFrom('signing_keys').selectAll().orderBy('id').execute(),
  )
  const texts = rows.flatMap(({ id, application_id, webhook_id, sealed_secret }) => {
    const owner = { applicationId: application_id, webhookId: webhook_id, keyId: id }
    const material = sealed_secret === null ? null : keyring.unseal(sealed_secret, owner)
    return material instanceof PrivateKey ? [material.toSealedText()] : []
  })
  appendFileSync(ledgerOf(folder), texts.map((text) => `${text}\n`).join(''))
  return texts
}
