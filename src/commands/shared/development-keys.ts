import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../config/config.ts'
import { ConfigError } from '../../config/config-error.ts'
import { openOwnFile } from './own-file.ts'
import { newEncryptionKeys, newJwtSecret } from './new-keys.ts'

/** File that stores the keys missing from a development server's environment. */
const developmentKeysFile = join('data', 'keys.json')

/** Values of NODE_ENV that allow generated keys. Any other value except `production` is a configuration error. */
const developmentNames = [undefined, '', 'development', 'test']

interface DevelopmentKeys {
  REKEY_ENCRYPTION_KEYS: string
  REKEY_JWT_SECRET: string
}

/**
 * Outside production, adds missing keys from `./data/keys.json`. In production, returns the environment unchanged.
 * @param make whether to create a missing file, with new keys and mode 600; if false, the keys stay missing
 */
export function withDevelopmentKeys(environment: Environment, { make = false } = {}): Environment {
  if (!developmentNames.includes(environment['NODE_ENV'])) return environment
  const lacksTokens =
    !environment['REKEY_JWT_SECRET'] &&
    !environment['REKEY_JWT_PUBLIC_KEY_FILE'] &&
    !environment['REKEY_JWKS_URL']
  if (environment['REKEY_ENCRYPTION_KEYS'] && !lacksTokens) return environment
  const kept = make ? readOrMake() : readIfThere()
  if (!kept) return environment
  return {
    ...environment,
    ...(!environment['REKEY_ENCRYPTION_KEYS'] && { REKEY_ENCRYPTION_KEYS: kept.REKEY_ENCRYPTION_KEYS }),
    ...(lacksTokens && { REKEY_JWT_SECRET: kept.REKEY_JWT_SECRET }),
  }
}

function readIfThere(): DevelopmentKeys | undefined {
  try {
    return read()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function readOrMake(): DevelopmentKeys {
  const kept = readIfThere()
  if (kept) return kept
  mkdirSync('data', { recursive: true, mode: 0o700 })
  makeWhole(developmentKeysFile, {
    REKEY_ENCRYPTION_KEYS: newEncryptionKeys(),
    REKEY_JWT_SECRET: newJwtSecret(),
  })
  return read()
}

function read(): DevelopmentKeys {
  const descriptor = openOwnFile(developmentKeysFile, constants.O_RDONLY)
  try {
    const text = readFileSync(descriptor, 'utf8')
    return JSON.parse(text) as DevelopmentKeys
  } catch {
    // No `cause`: its message quotes a part of the file, which contains keys.
    throw new ConfigError([
      `${developmentKeysFile} is not valid JSON: restore it, or set REKEY_ENCRYPTION_KEYS and REKEY_JWT_SECRET`,
    ])
  } finally {
    closeSync(descriptor)
  }
}

/** Writes a temporary file, then links it to `file`, so that servers that start at the same time use the same keys. */
function makeWhole(file: string, keys: DevelopmentKeys): void {
  const aside = `${file}.${randomUUID()}`
  const descriptor = openSync(aside, 'wx', 0o600)
  writeFileSync(descriptor, `${JSON.stringify(keys, null, 2)}\n`)
  fsyncSync(descriptor)
  closeSync(descriptor)
  try {
    linkSync(aside, file)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    unlinkSync(aside)
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
