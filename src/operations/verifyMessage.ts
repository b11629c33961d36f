import type { components } from '../../generated/types.ts'
import { isSignedWith, isTimely, readMessageHeaders } from '../domain/signature.ts'
import { keyState, keptAfterEndMs, type KeyOwner, type KeyState } from '../domain/signing-key.ts'
import { RekeyError } from '../errors.ts'
import { listUnendedKeys } from '../store/tables/signing-keys.ts'
import { unsealKeys } from './shared/unseal-keys.ts'
import type { Operation, OperationContext } from './shared/operation.ts'
import { readPayload } from './shared/payload.ts'

type Verification = components['schemas']['Verification']

export const verifyMessage: Operation<'verifyMessage'> = async ({ path, body }, context) => {
  const time = context.now()
  const message = readMessageHeaders(body.headers, readPayload(body.payload, body.payloadEncoding))
  const keys = await unsealKeys(path, time - keptAfterEndMs, context)
  if (!message) return verdict({ reason: 'malformed_header' })

  const signers = keys.filter(({ secret }) => isSignedWith(message, secret))
  const states = signers.map(({ key }) => ({ key, state: keyState(key, time) }))
  // The header may contain signatures from both live and inactive keys. A live key takes precedence.
  const signer = states.find(({ state }) => reasonFor(state) === null) ?? states[0]
  if (!signer) {
    await rejectIfErased(path, time, context)
    return verdict({ reason: isTimely(message, time) ? 'wrong_signature' : 'timestamp_out_of_tolerance' })
  }
  return verdict({
    keyFingerprint: signer.key.fingerprint,
    keyState: signer.state,
    reason: isTimely(message, time) ? reasonFor(signer.state) : 'timestamp_out_of_tolerance',
  })
}

/** @throws RekeyError `conflict` if the secret of a key that should be live was erased: it may have signed the message */
async function rejectIfErased(owner: KeyOwner, now: number, { store, signal }: OperationContext) {
  const keys = await store.read((queries) => listUnendedKeys(queries, owner, now), signal)
  const erased = keys.find((key) => key.secretErased)
  if (!erased) return
  throw new RekeyError('conflict', {
    message:
      `No stored secret signed this message. Key ${erased.fingerprint} may have: its secret was erased before the key ` +
      'ended, so its signatures cannot be verified any more. Give the receiver the current secret.',
  })
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
