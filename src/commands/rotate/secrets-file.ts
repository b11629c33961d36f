import { closeSync, fsync } from 'node:fs'
import { promisify } from 'node:util'
import { z } from 'zod'
import { isKeyId, type KeyOwner, type SigningKey } from '../../domain/signing-key.ts'
import type { ReceiverKey } from '../../domain/key-material.ts'
import { isPublicKey } from '../../domain/public-key.ts'
import { isDecodable, parseSigningSecret } from '../../domain/signing-secret.ts'
import { appendLine } from '../shared/own-file.ts'
import { policySchema, type Policy } from './policy.ts'
import { createRunFile, resumeRunFile } from './run-file.ts'

/** A line of the file. The rotation of its key may not have been committed. */
export interface WrittenSecret {
  keyId: string
  /** Null if the run passes secrets to a command. */
  secret: ReceiverKey | null
  /** Whether the command has received the secret. */
  delivered: boolean
}

/** The JSON Lines file to which `rekey rotate` writes its policy and the new secrets. */
export interface SecretsFile {
  /** Null in a file that version 0.1.0 wrote, because it wrote no policy. */
  policy: Policy | null
  /** The webhooks with a secret in the file. */
  owners(): KeyOwner[]
  find(owner: KeyOwner): WrittenSecret | undefined
  /** Appends a key, with its secret unless a command gets it. Only `flush` makes sure that the line is on disk. */
  append(key: SigningKey, secret: ReceiverKey | null): void
  /** Notes that the command has received the key's secret. */
  markDelivered(owner: KeyOwner, keyId: string): void
  /** Resolves once every appended line is on disk. */
  flush: () => Promise<void>
  close(): void
}

/** Every line but the first starts with this text, so an incomplete line is recognizable. */
const lineBeginning = '{"applicationId":"'
const policyBeginning = '{"run":'

interface Line extends KeyOwner {
  keyId: string
  keyFingerprint?: string
  signingSecret?: string
  rotatedAt?: string
  deliveredAt?: string
}

/**
 * Creates the file with mode 600, and writes the policy.
 * @throws Error if the file already exists or cannot be written
 */
export function createSecretsFile(file: string, policy: Policy): SecretsFile {
  return secretsFile(createRunFile(file, 'secrets', { run: policy }), policy, [])
}

/**
 * Opens the file of an interrupted run.
 * @throws Error if the file is missing, is accessible to other users, belongs to another user, or is not a secrets file
 */
export function resumeSecretsFile(file: string): SecretsFile {
  return resumeRunFile(file, (descriptor, lines, incomplete) => {
    const policy = lines[0]?.startsWith(policyBeginning) ? readPolicy(file, lines[0]) : null
    const hasSecrets = !policy?.exec
    const secrets = lines.slice(policy ? 1 : 0).map((line) => readLine(file, line, hasSecrets))
    // A power loss can leave NUL bytes. The secret of an incomplete line never became live, because a rotation commits
    // only once its line is on disk.
    const half = incomplete.replace(/\0+$/, '')
    if (!isBeginning(half, lineBeginning) && !(lines.length === 0 && isBeginning(half, policyBeginning)))
      throw notOurs(file)
    return secretsFile(descriptor, policy, secrets)
  })
}

/** Whether `half` may be the beginning of a line that starts with `beginning`. */
function isBeginning(half: string, beginning: string): boolean {
  return beginning.startsWith(half.slice(0, beginning.length))
}

function secretsFile(
  descriptor: number,
  policy: Policy | null,
  lines: (KeyOwner & WrittenSecret)[],
): SecretsFile {
  const secrets = new Map<string, WrittenSecret>(lines.map((line) => [place(line), line]))
  const append = (line: Line) => {
    appendLine(descriptor, line)
  }
  return {
    policy,
    owners: () => lines.map(({ applicationId, webhookId }) => ({ applicationId, webhookId })),
    find: (owner) => secrets.get(place(owner)),
    append({ applicationId, webhookId, id: keyId, fingerprint, createdAt }, secret) {
      const owner = { applicationId, webhookId }
      append({
        ...owner,
        keyId,
        keyFingerprint: fingerprint,
        ...(secret !== null && { signingSecret: secret }),
        rotatedAt: new Date(createdAt).toISOString(),
      })
      secrets.set(place(owner), { keyId, secret, delivered: false })
    },
    markDelivered({ applicationId, webhookId }, keyId) {
      const owner = { applicationId, webhookId }
      append({ ...owner, keyId, deliveredAt: new Date().toISOString() })
      secrets.set(place(owner), { keyId, secret: null, delivered: true })
    },
    flush: () => promisify(fsync)(descriptor),
    close: () => {
      closeSync(descriptor)
    },
  }
}

function readPolicy(file: string, text: string): Policy {
  try {
    return z.object({ run: policySchema }).parse(JSON.parse(text)).run
  } catch {
    throw notOurs(file)
  }
}

function readLine(file: string, text: string, hasSecret: boolean): KeyOwner & WrittenSecret {
  try {
    const line: unknown = JSON.parse(text)
    if (!isLine(line, hasSecret)) throw new TypeError('missing key ID or secret')
    const { applicationId, webhookId, keyId, signingSecret, deliveredAt } = line
    const secret = signingSecret === undefined ? null : toReceiverKey(signingSecret)
    return { applicationId, webhookId, keyId, secret, delivered: deliveredAt !== undefined }
  } catch {
    // No `cause`: its message may quote the line, including the secret.
    throw notOurs(file)
  }
}

function toReceiverKey(text: string): ReceiverKey {
  if (isPublicKey(text)) return text
  if (!isDecodable(text)) throw new TypeError('not a generated secret')
  return parseSigningSecret(text)
}

function isLine(value: unknown, hasSecret: boolean): value is Line {
  if (value === null || typeof value !== 'object') return false
  return 'signingSecret' in value === hasSecret && 'keyId' in value && isKeyId(value.keyId)
}

function notOurs(file: string): Error {
  return new Error(`${file} is not a valid secrets file; pass the file that rekey rotate wrote`)
}

function place({ applicationId, webhookId }: KeyOwner): string {
  return `${applicationId}/${webhookId}`
}
