import type { Environment } from '../config.ts'
import { withStore } from './with-store.ts'

export const usage = `rekey migrate

Brings the tables of the database up to date. \`rekey serve\` does it too when it starts.
`

export async function migrate(environment: Environment): Promise<void> {
  const migrations = await withStore(environment, ({ store }) => store.migrate())
  process.stdout.write(`${JSON.stringify({ migrations })}\n`)
}
