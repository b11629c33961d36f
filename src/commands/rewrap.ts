import type { Environment } from '../config.ts'
import { countKeysNotSealedBy, listKeysNotSealedBy, resealKey } from '../store/signing-keys.ts'
import { readOptions } from './options.ts'
import { createProgress } from './progress.ts'
import { withStore, type Workplace } from './with-store.ts'

export const usage = `rekey rewrap

Seals every stored secret again, under the newest of REKEY_ENCRYPTION_KEYS, while the servers run. It may
be stopped at any time and run again. To replace the encryption key of a service:

  1. Put a new key first into REKEY_ENCRYPTION_KEYS, keep the old one behind it, restart every server.
     (Several servers on one database: first put it last and restart all, so that each can open it.)
  2. rekey rewrap
  3. Once it prints "remaining": 0, remove the old key and restart.
`

/** Large enough that the commits cost little, small enough that no request waits long for one. */
const batchSize = 100

export async function run(environment: Environment, args: string[]): Promise<void> {
  readOptions(args, {})
  const result = await withStore(environment, async (workplace) => {
    await workplace.store.migrate()
    return rewrapAll(workplace)
  })
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

async function rewrapAll({ store, keyring, deadline }: Workplace) {
  const kid = keyring.newestKid
  const count = () => store.read((queries) => countKeysNotSealedBy(queries, kid), deadline())
  const total = await count()
  const progress = createProgress('sealed again')
  let rewrapped = 0
  let after = ''
  for (;;) {
    const batch = await store.read(
      (queries) => listKeysNotSealedBy(queries, kid, after, batchSize),
      deadline(),
    )
    const last = batch.at(-1)
    if (!last) break
    after = last.key.id
    const replacements = batch.map((found) => {
      const owner = { ...found.key, keyId: found.key.id }
      const sealed = keyring.seal(keyring.open(found.sealed, owner), owner)
      return { found, replacement: { sealed, sealedBy: kid } }
    })
    await store.write(
      null,
      async (queries) => {
        for (const { found, replacement } of replacements) await resealKey(queries, found, replacement)
      },
      deadline(),
    )
    rewrapped += batch.length
    progress.show(rewrapped, total)
  }
  progress.end()
  return { kid, rewrapped, remaining: await count() }
}
