import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { isKeyId, type KeyOwner, type SigningKey } from '../../domain/signing-key.ts'
import { parseSigningSecret, type SigningSecret } from '../../domain/signing-secret.ts'

/** A secret as the file has it, with the id of its key, live or not yet. */
export interface WrittenSecret {
  keyId: string
  secret: SigningSecret
}

/** The file that a fleet's new secrets are written to, a JSON object a line. */
export interface SecretsFile {
  /** The webhooks that it has a secret for. */
  owners(): KeyOwner[]
  /** The secret that it has for a webhook. */
  find(owner: KeyOwner): WrittenSecret | undefined
  /** Adds a secret, and returns once it is on disk. */
  append(key: SigningKey, secret: SigningSecret): void
  close(): void
}

/** How each line begins. */
const lineBeginning = '{"applicationId":"'

interface Line extends KeyOwner {
  keyId: string
  signingSecret: string
}

/**
 * Makes a file with mode 600, or opens the one of a run that was stopped.
 * @throws Error if a new file is there already, or an old one is not, can be read by others, or is no
 * such file
 */
export function openSecretsFile(file: string, resume: boolean): SecretsFile {
  const descriptor = open(file, resume)
  try {
    return secretsFile(descriptor, file)
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function secretsFile(descriptor: number, file: string): SecretsFile {
  if ((fstatSync(descriptor).mode & 0o077) !== 0)
    throw new Error(`${file} can be read by others: set its mode to 600`)
  const text = readFileSync(descriptor, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const lines = whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readLine(file, line))
  // A run that was killed while it wrote leaves half a line, or after a power loss zeros, of a secret that never
  // became live.
  const half = text.slice(whole.length).replace(/\0+$/, '').slice(0, lineBeginning.length)
  if (!lineBeginning.startsWith(half)) throw notOurs(file)
  const secrets = new Map<string, WrittenSecret>(lines.map((line) => [place(line), line]))
  ftruncateSync(descriptor, Buffer.byteLength(whole))

  return {
    owners: () => lines.map(({ applicationId, webhookId }) => ({ applicationId, webhookId })),
    find: (owner) => secrets.get(place(owner)),
    append({ applicationId, webhookId, id, fingerprint, createdAt }, signingSecret) {
      const line = {
        applicationId,
        webhookId,
        keyId: id,
        keyFingerprint: fingerprint,
        signingSecret,
        rotatedAt: new Date(createdAt).toISOString(),
      }
      const { size } = fstatSync(descriptor)
      try {
        // Writes the whole line or throws, where writeSync writes what there is room for.
        writeFileSync(descriptor, `${JSON.stringify(line)}\n`)
        fsyncSync(descriptor)
      } catch (error) {
        // The next line would begin behind a half one.
        ftruncateSync(descriptor, size)
        throw error
      }
      secrets.set(place(line), { keyId: id, secret: signingSecret })
    },
    close: () => {
      closeSync(descriptor)
    },
  }
}

function open(file: string, resume: boolean): number {
  try {
    return openSync(file, resume ? constants.O_RDWR | constants.O_APPEND : 'ax+', 0o600)
  } catch (error) {
    if (!(error instanceof Error) || resume) throw error
    throw new Error(`the secrets have no file, --output names another: ${error.message}`, { cause: error })
  }
}

function readLine(file: string, text: string): KeyOwner & WrittenSecret {
  try {
    const line: unknown = JSON.parse(text)
    if (!isLine(line)) throw new TypeError('it has no key or no secret')
    const { applicationId, webhookId, keyId, signingSecret } = line
    return { applicationId, webhookId, keyId, secret: parseSigningSecret(signingSecret) }
  } catch {
    // Without its cause, which may repeat the line, and so a secret.
    throw notOurs(file)
  }
}

function isLine(value: unknown): value is Line {
  if (value === null || typeof value !== 'object') return false
  return 'signingSecret' in value && 'keyId' in value && isKeyId(value.keyId)
}

function notOurs(file: string): Error {
  return new Error(`${file} is not a file that rekey rotate made`)
}

function place({ applicationId, webhookId }: KeyOwner): string {
  return `${applicationId}/${webhookId}`
}
