import type { components } from '../../generated/types.ts'
import type { Scheme } from '../domain/schemes/scheme.ts'
import { readMessage, type SignedMessage } from '../domain/received-message.ts'
import { contentOf, isSignedWith, isTimely } from '../domain/signature.ts'
import { isLive, keyState, keptAfterEndMs, type KeyOwner, type KeyState } from '../domain/signing-key.ts'
import { RekeyError } from '../errors.ts'
import { listUnendedKeys } from '../store/tables/signing-keys.ts'
import { hashedBytes, unsealKeys, type UnsealedKey } from './shared/unseal-keys.ts'
import type { Operation, OperationContext } from './shared/operation.ts'
import { decodePayload } from './shared/payload.ts'
import { runInSlices } from './shared/slices.ts'

type Verification = components['schemas']['Verification']

export const verifyMessage: Operation<'verifyMessage'> = async ({ path, body }, context) => {
  const { applicationId } = path
  const time = context.now()
  const payload = await decodePayload(applicationId, body, context)
  const { scheme, keys } = await unsealKeys(path, time - keptAfterEndMs, context)
  const message = readMessage(scheme, body.headers, payload)
  if (typeof message === 'string') return verdict({ reason: message })

  const find = (among: readonly UnsealedKey[]) =>
    runInSlices(
      {
        applicationId,
        bytes: hashedBytes(scheme, among, message),
        steps: findSigner(scheme, among, message),
      },
      context,
    )
  // The header may contain signatures from both live and inactive keys. A live key takes precedence.
  const signer =
    (await find(keys.filter(({ key }) => isLive(key, time)))) ??
    (await find(keys.filter(({ key }) => !isLive(key, time))))
  if (!signer) {
    await rejectIfErased(path, time, context)
    return verdict({ reason: isTimely(message, time) ? 'wrong_signature' : 'timestamp_out_of_tolerance' })
  }
  const state = keyState(signer.key, time)
  return verdict({
    keyFingerprint: signer.key.fingerprint,
    keyState: state,
    reason: isTimely(message, time) ? reasonFor(state) : 'timestamp_out_of_tolerance',
  })
}

/**
 * @throws RekeyError `conflict` if the secret of a key that should still be live was erased, because that key may have
 * signed the message
 */
async function rejectIfErased(owner: KeyOwner, now: number, { store, signal }: OperationContext) {
  const keys = await store.read((queries) => listUnendedKeys(queries, owner, now), signal)
  const erased = keys.find((key) => key.secretErased)
  if (!erased) return
  throw new RekeyError('conflict', {
    message:
      'Rekey cannot tell whether this message is authentic. No stored secret signed it, but key ' +
      `${erased.fingerprint} may have: the key's secret was erased before the key expired. ` +
      'Give the receiver the current secret.',
  })
}

function* findSigner(
  scheme: Scheme,
  keys: readonly UnsealedKey[],
  message: SignedMessage,
): Generator<undefined, UnsealedKey | undefined> {
  const signed = { content: contentOf(scheme, message), signatures: message.signatures }
  for (const candidate of keys) {
    if (isSignedWith(scheme, signed, candidate.secret)) return candidate
    yield
  }
  return undefined
}

function verdict({
  keyFingerprint = null,
  keyState = null,
  reason,
}: Partial<Verification> & Pick<Verification, 'reason'>) {
  return { status: 200 as const, body: { valid: reason === null, keyFingerprint, keyState, reason } }
}

function reasonFor(state: KeyState): Verification['reason'] {
  if (state === 'expired') return 'expired_key'
  return state === 'revoked' ? 'revoked_key' : null
}
