import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { isKeyId, type KeyOwner, type SigningKey } from '../../domain/signing-key.ts'
import { isDecodable, parseSigningSecret, type SigningSecret } from '../../domain/signing-secret.ts'
import { openOwnFile } from '../shared/own-file.ts'

/** A secret in the file, with its key's ID. The key's rotation may not have been committed. */
export interface WrittenSecret {
  keyId: string
  secret: SigningSecret
}

/** The JSON Lines file to which `rekey rotate` writes the new secrets. */
export interface SecretsFile {
  /** The webhooks with a secret in the file. */
  owners(): KeyOwner[]
  find(owner: KeyOwner): WrittenSecret | undefined
  /** Appends a secret, and returns once the new line is on disk. */
  append(key: SigningKey, secret: SigningSecret): void
  close(): void
}

/** Every line starts with this text, so an incomplete line is recognizable. */
const lineBeginning = '{"applicationId":"'

interface Line extends KeyOwner {
  keyId: string
  signingSecret: string
}

/**
 * Creates the file with mode 600. With `resume`, opens the file of an interrupted run instead.
 * @throws Error if the file to create already exists, or if the file to resume is missing, is accessible to other
 * users, belongs to another user, or is not a secrets file
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
  const { mode, nlink } = fstatSync(descriptor)
  if ((mode & 0o077) !== 0) throw new Error(`other users can access ${file}; set its mode to 600`)
  if (nlink !== 1)
    throw new Error(
      `${file} has a second hard link, which may be in another user's folder; copy it to a new file and use the copy`,
    )
  const text = readFileSync(descriptor, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const lines = whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readLine(file, line))
  // A killed run can leave an incomplete line, and a power loss can leave NUL bytes. The secret never became live,
  // because a rotation commits only once its line is on disk.
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
        // writeFileSync writes the whole line or throws, whereas writeSync may write only part of it.
        writeFileSync(descriptor, `${JSON.stringify(line)}\n`)
        fsyncSync(descriptor)
      } catch (error) {
        // Remove the incomplete line: otherwise, the next line would be appended to it.
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
    return openOwnFile(
      file,
      constants.O_RDWR | constants.O_APPEND | (resume ? 0 : constants.O_CREAT | constants.O_EXCL),
    )
  } catch (error) {
    if (!(error instanceof Error) || resume) throw error
    throw new Error(`cannot create the secrets file: ${error.message}; choose another with --output`, {
      cause: error,
    })
  }
}

function readLine(file: string, text: string): KeyOwner & WrittenSecret {
  try {
    const line: unknown = JSON.parse(text)
    if (!isLine(line) || !isDecodable(line.signingSecret)) throw new TypeError('missing key ID or secret')
    const { applicationId, webhookId, keyId, signingSecret } = line
    return { applicationId, webhookId, keyId, secret: parseSigningSecret(signingSecret) }
  } catch {
    // No `cause`: its message may quote the line, including the secret.
    throw notOurs(file)
  }
}

function isLine(value: unknown): value is Line {
  if (value === null || typeof value !== 'object') return false
  return 'signingSecret' in value && 'keyId' in value && isKeyId(value.keyId)
}

function notOurs(file: string): Error {
  return new Error(`${file} is not a valid secrets file; pass the file that rekey rotate wrote`)
}

function place({ applicationId, webhookId }: KeyOwner): string {
  return `${applicationId}/${webhookId}`
}
