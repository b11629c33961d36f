import { openStore } from '../app.ts'
import { readConfig, type Environment } from '../config.ts'
import { withDevelopmentKeys } from './development-keys.ts'

export const usage = `rekey migrate

Brings the tables of the database up to date. \`rekey serve\` does it too when it starts.
`

export async function migrate(environment: Environment): Promise<void> {
  const config = readConfig(withDevelopmentKeys(environment))
  const store = openStore(config)
  try {
    const migrations = await store.migrate()
    process.stdout.write(`${JSON.stringify({ migrations })}\n`)
  } finally {
    await store.close()
  }
}
