import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { PublicKey } from './config.ts'
import { minRsaBits, publicKeyAlgorithms } from './jwt-algorithms.ts'
import { value } from './values.ts'

const pemBlock = /-----BEGIN ((?:RSA )?PUBLIC KEY|CERTIFICATE)-----.*?-----END \1-----/gs

/** The path of a PEM file. The schema reads the file and returns its public keys. */
export const publicKeysFile = value((file, fault): PublicKey[] => {
  let keys: PublicKey[]
  try {
    const text = readFileSync(file, 'utf8')
    keys = (text.match(pemBlock) ?? [text]).map((block) => {
      const key = createPublicKey(block)
      return { key, algorithms: publicKeyAlgorithms(key) }
    })
  } catch (error) {
    // Report only the error's code. The message repeats the variable's value, which may be a key instead of a path.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error'
    return fault(`must be the path of a file with PEM public keys; reading it failed with ${code}`)
  }
  const unusable = keys.findIndex(({ algorithms }) => algorithms.length === 0)
  if (unusable < 0) return keys
  const which = keys.length > 1 ? `; key ${unusable + 1} of ${keys.length} is not one of these` : ''
  return fault(
    `must be the path of a file with RSA keys of at least ${minRsaBits} bits, or P-256, P-384, P-521 or Ed25519 keys${which}`,
  )
})
