import type { Message, Scheme } from '../src/domain/schemes/scheme.ts'
import { schemes } from '../src/domain/schemes/schemes.ts'

/** Builds the docs' table of signature schemes from the registry. */
export function schemesTable(): string {
  const rows = Object.entries<Scheme>(schemes).map(([name, scheme]) => {
    const { idHeader, timestampHeader, signatureHeader, headerMayChange, signedBefore, keyBytes } = scheme
    const headers = [idHeader, timestampHeader, signatureHeader].filter((header) => header !== undefined)
    const cells = [
      `\`${name}\``,
      headers.map((header) => `\`${header}\``).join(', ') + (headerMayChange ? ' (or yours)' : ''),
      `\`${signedBefore(named)}body\``,
      `\`${formOf(scheme)}\``,
      keys[keyBytes],
    ]
    return `| ${cells.join(' | ')} |\n`
  })
  return `| scheme | headers | signed | signature header, during an overlap | key |\n${'| --- '.repeat(5)}|\n${rows.join('')}`
}

const keys = {
  decoded: 'base64 after `whsec_`, decoded',
  text: 'the whole secret, as text',
  private: 'Ed25519; the receiver gets `whpk_` and base64',
} satisfies Record<Scheme['keyBytes'], string>

/** A message whose parts are their names. */
const named = { id: 'id', timestamp: 'timestamp' } as unknown as Message

function formOf({ timestampParameter, version, encoding, separator }: Scheme): string {
  const signature = `${version}<${encoding}>`
  const time = timestampParameter === undefined ? [] : [`${timestampParameter}=timestamp`]
  return separator === undefined ? signature : [...time, signature, signature].join(separator)
}
