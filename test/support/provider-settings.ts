import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../src/config/config.ts'
import { codeBlocks, readPage } from './documentation.ts'

/** The content of REKEY_JWKS_TOKEN_FILE: a bearer token that a provider may require for fetching its key set. */
export const keySetToken = 'a-token-for-the-key-set'

/**
 * Returns the settings that a section of docs/identity-providers.md shows, except for locations: the key sets are at
 * `keySets`, in the documented order, and the files are in `folder`.
 */
export function documentedSettings(title: string, folder: string, keySets: string[]): Environment {
  const [, section] = readPage('docs/identity-providers.md').split(`\n## ${title}\n`)
  if (section === undefined) throw new Error(`docs/identity-providers.md has no section ${title}`)
  const [ownText = ''] = section.split('\n## ')
  const [settings = ''] = codeBlocks(ownText, 'sh')
  const [grants] = codeBlocks(ownText, 'json')
  const lines = [...settings.matchAll(/^(REKEY_\w+)=(.+)$/gm)]
  const shown: Environment = Object.fromEntries(lines.map(([, name = '', value]) => [name, value]))
  return {
    ...shown,
    REKEY_JWT_SECRET: '',
    REKEY_JWKS_URL: keySets.join(','),
    ...(grants !== undefined && { REKEY_GRANTS_FILE: write(folder, 'grants.json', grants) }),
    ...('REKEY_JWKS_TOKEN_FILE' in shown && {
      REKEY_JWKS_TOKEN_FILE: write(folder, 'key-set-token', `${keySetToken}\n`),
    }),
  }
}

function write(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
