import { mainOf, root } from './contenders.ts'
import { copyOf, runNode } from './databases.ts'
import { environment } from './environment.ts'
import { newEncryptionKeys } from '../../src/commands/shared/new-keys.ts'
import type { Table } from './figures.ts'
import { progress } from './progress.ts'

/** Measures the commands that read every key of a database. */
export async function measureCommands(file: string, keys: number): Promise<Table> {
  const url = copyOf(file, 'commands')
  const measure = async (name: string, args: string[], more: Record<string, string>) => {
    progress(`commands: rekey ${name} of ${keys} keys`)
    const start = performance.now()
    const output = JSON.parse(await runNode([mainOf(root), ...args], url, more)) as Record<string, unknown>
    const seconds = (performance.now() - start) / 1000
    return { output, figures: { seconds, perSecond: keys / seconds } }
  }
  const verified = await measure('audit verify', ['audit', 'verify'], {})
  const newKeys = `${newEncryptionKeys()},${environment.REKEY_ENCRYPTION_KEYS}`
  const rewrapped = await measure('rewrap', ['rewrap'], { REKEY_ENCRYPTION_KEYS: newKeys })
  if (verified.output['events'] !== keys || rewrapped.output['rewrapped'] !== keys)
    throw new Error(`not every key was read: ${JSON.stringify([verified.output, rewrapped.output])}`)
  return { [`audit verify, ${keys} keys`]: verified.figures, [`rewrap, ${keys} keys`]: rewrapped.figures }
}
