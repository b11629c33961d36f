import type { Environment } from '../config/config.ts'
import { toReceiverKey } from '../domain/key-material.ts'
import { SealError } from '../domain/sealing.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import { countKeysNotSealedBy, listKeysNotSealedBy, resealKey } from '../store/tables/sealing.ts'
import { readOptions } from './shared/options.ts'
import { createProgress } from './shared/progress.ts'
import { withStore, type CommandContext } from './shared/command-context.ts'

export const usage = `Usage: rekey rewrap

Seals every stored secret again under the newest of REKEY_ENCRYPTION_KEYS.

Servers can keep running. You can interrupt the command at any time and run it again. To replace the
encryption key:

  1. Put the new key first in REKEY_ENCRYPTION_KEYS, keep the old key after it, and restart every server.
     (If several servers share the database, first put the new key last and restart them all, so that each
     can unseal with it.)
  2. Run \`rekey rewrap\`.
  3. Once it prints "remaining": 0, remove the old key and restart every server.

A secret whose seal is broken stays unchanged. Its key is listed in "failed", and the exit code is 1.
`

/** Keys per commit. More would delay the requests that wait for the commit, and fewer would require more commits. */
const batchSize = 100

export async function run(environment: Environment, args: string[]): Promise<void> {
  readOptions(args, {})
  const result = await withStore(environment, rewrapAll)
  process.stdout.write(`${JSON.stringify(result)}\n`)
  const { failed } = result
  if (failed.length > 0)
    throw new Error(
      'some secrets cannot be unsealed and were left unchanged; "failed" lists their signing keys. ' +
        'Add any missing encryption key to REKEY_ENCRYPTION_KEYS, restore the secrets from a backup, or run ' +
        '`rekey rotate --overlap 0` for their webhooks',
    )
}

/** A key whose secret cannot be unsealed although its encryption key is available. `message` says why. */
interface Failed extends KeyOwner {
  keyId: string
  message: string
}

async function rewrapAll({ store, keyring, deadline }: CommandContext) {
  const kid = keyring.newestKid
  const count = () => store.read((queries) => countKeysNotSealedBy(queries, kid), deadline())
  const total = await count()
  const progress = createProgress('secrets rewrapped')
  const failed: Failed[] = []
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
    const replacements = batch.flatMap((found) => {
      const { applicationId, webhookId, id: keyId } = found.key
      const owner = { applicationId, webhookId, keyId }
      try {
        const secret = keyring.unseal(found.sealed, owner)
        const { sha256 } = keyring.fingerprint(toReceiverKey(secret))
        return [{ found, replacement: { sealed: keyring.seal(secret, owner), sealedBy: kid, sha256 } }]
      } catch (error) {
        // A missing encryption key does not mean that the seal is broken: fail, so that the operator adds the key.
        if (!(error instanceof SealError) || !keyring.has(found.sealedBy)) throw error
        failed.push({ ...owner, message: error.message })
        return []
      }
    })
    rewrapped += await store.write(
      null,
      async (queries) => {
        let count = 0
        for (const { found, replacement } of replacements)
          if (await resealKey(queries, found, replacement)) count += 1
        return count
      },
      deadline(),
    )
    progress.show(rewrapped, total)
  }
  progress.end()
  return { kid, rewrapped, remaining: await count(), failed }
}
