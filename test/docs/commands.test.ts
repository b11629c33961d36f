import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newCheckout, runScript } from '../support/checkout.ts'
import { codeBlocks, readPage } from '../support/documentation.ts'
import { newEncryptionKeys, newJwtSecret } from '../../src/commands/shared/new-keys.ts'
import { needsTools } from '../support/tools.ts'

/** Returns the page's first shell code block that contains the text. */
function block(page: string, text: string): string {
  const found = codeBlocks(readPage(page), 'sh').find((commands) => commands.includes(text))
  if (found === undefined) throw new Error(`${page} has no block with ${text}`)
  return found
}

test(
  'the documented production commands generate keys in rekey.env and start a server that uses those keys',
  { timeout: 60_000 },
  async (context) => {
    needsTools(context, 'npm')
    const folder = newCheckout()
    const server = runScript(block('docs/configuration.md', 'NODE_ENV=production'), folder, {
      HOME: folder,
      PORT: '0',
    })
    await expect.poll(server.output, { timeout: 40_000 }).toContain('"listening"')
    expect(existsSync(join(folder, 'rekey.env'))).toBe(true)
    expect(existsSync(join(folder, 'data/keys.json'))).toBe(false)
  },
)

test(
  'the documented commands sign a token and decode its scope and application',
  { timeout: 60_000 },
  async (context) => {
    needsTools(context, 'npm', 'node')
    const token = block('docs/tokens.md', 'rekey -- token').trim()
    const script = `set -e\nTOKEN=$(${token})\n${block('docs/troubleshooting.md', 'node -p')}`
    const keys = { REKEY_ENCRYPTION_KEYS: newEncryptionKeys(), REKEY_JWT_SECRET: newJwtSecret() }
    const decoding = runScript(script, newCheckout(), keys)
    expect(await decoding.ended, decoding.output()).toBe(0)
    expect(JSON.parse(decoding.output())).toMatchObject({
      scope: 'secrets:rotate',
      applications: ['example_string'],
    })
  },
)
