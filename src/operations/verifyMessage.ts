import type { components } from '../../generated/types.ts'
import { isSignedWith, isTimely, readMessageHeaders, type SignedMessage } from '../domain/signature.ts'
import { isLive, keyState, keptAfterEndMs, type KeyState } from '../domain/signing-key.ts'
import { hashedBytes, unsealKeys, type UnsealedKey } from './shared/unseal-keys.ts'
import type { Operation } from './shared/operation.ts'
import { decodePayload } from './shared/payload.ts'
import { runInSlices } from './shared/slices.ts'

type Verification = components['schemas']['Verification']

export const verifyMessage: Operation<'verifyMessage'> = async ({ path, body }, context) => {
  const { applicationId } = path
  const time = context.now()
  const message = readMessageHeaders(body.headers, await decodePayload(applicationId, body, context))
  const keys = await unsealKeys(path, time - keptAfterEndMs, context)
  if (!message) return verdict({ reason: 'malformed_header' })

  const find = (among: readonly UnsealedKey[]) =>
    runInSlices(
      { applicationId, bytes: hashedBytes(among, message), steps: findSigner(among, message) },
      context,
    )
  // The header may contain signatures from both live and inactive keys. A live key takes precedence.
  const signer =
    (await find(keys.filter(({ key }) => isLive(key, time)))) ??
    (await find(keys.filter(({ key }) => !isLive(key, time))))
  if (!signer)
    return verdict({ reason: isTimely(message, time) ? 'wrong_signature' : 'timestamp_out_of_tolerance' })
  const state = keyState(signer.key, time)
  return verdict({
    keyFingerprint: signer.key.fingerprint,
    keyState: state,
    reason: isTimely(message, time) ? reasonFor(state) : 'timestamp_out_of_tolerance',
  })
}

function* findSigner(
  keys: readonly UnsealedKey[],
  message: SignedMessage,
): Generator<undefined, UnsealedKey | undefined> {
  for (const candidate of keys) {
    if (isSignedWith(message, candidate.secret)) return candidate
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
