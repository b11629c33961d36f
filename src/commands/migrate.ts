import type { Environment } from '../config/config.ts'
import { readOptions } from './shared/options.ts'
import { withStoreOrNew } from './shared/command-context.ts'

export const usage = `Usage: rekey migrate

Updates the database schema, as \`rekey serve\` does when it starts.
`

export async function run(environment: Environment, args: string[]): Promise<void> {
  readOptions(args, {})
  const migrations = await withStoreOrNew(environment, ({ store }) => store.migrate())
  process.stdout.write(`${JSON.stringify({ migrations })}\n`)
}
