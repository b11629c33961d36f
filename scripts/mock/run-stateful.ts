import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scopes } from '../../generated/scopes.ts'
import { newEncryptionKeys, newJwtSecret } from '../../src/commands/shared/new-keys.ts'
import { signToken } from '../../src/commands/token.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { openCore } from '../../src/core/open-core.ts'
import { createApp } from '../../src/http/app.ts'
import { describeListenFailure } from '../../src/http/listen-failure.ts'
import { createLogger, standardOutput } from '../../src/logger.ts'
import { delayRequests } from './delay.ts'
import { createFront } from './front.ts'
import { quickCore, shorten } from './quick-core.ts'
import { seededSecrets } from './seeded-secrets.ts'

export interface StatefulOptions {
  host: string
  port: number
  delayMs: number
  /** Makes secrets the same in every run. */
  seed: string | undefined
  /** How many times sooner overlaps end. */
  clockFactor: number
}

/** The origin that the server allows. The front replaces it with that of the page. */
const pageOrigin = 'https://page.example'
const defaultOverlapSeconds = 86_400

/** Runs Rekey on a temporary database until a signal ends it. */
export async function runStateful({
  host,
  port,
  delayMs,
  seed,
  clockFactor,
}: StatefulOptions): Promise<void> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const folder = mkdtempSync(join(tmpdir(), 'rekey-mock-'))
  try {
    let token = ''
    let serverOrigin = ''
    const front = createFront({ origin: () => serverOrigin, token: () => token, pageOrigin })
    if (delayMs > 0) delayRequests(front, delayMs)
    front.listen(port, host)
    await once(front, 'listening').catch((cause: unknown) => {
      throw new Error(`cannot listen: ${describeListenFailure(cause, host, port)}`, { cause })
    })
    const { family, address, port: actualPort } = front.address() as AddressInfo
    const origin = `http://${family === 'IPv6' ? `[${address}]` : address}:${actualPort}`

    const config = readConfig({
      PORT: '0',
      DATABASE_URL: `sqlite:${join(folder, 'rekey.db')}`,
      REKEY_ENCRYPTION_KEYS: newEncryptionKeys(),
      REKEY_JWT_SECRET: newJwtSecret(),
      REKEY_OVERLAP_SECONDS: `${shorten(defaultOverlapSeconds, clockFactor)}`,
      REKEY_PUBLIC_URL: origin,
      REKEY_CORS_ORIGINS: pageOrigin,
      // Front-end developers run the receiver on the same machine.
      REKEY_PROBE_ALLOW: 'loopback',
    })
    const logger = createLogger(config.logLevel, await standardOutput())
    const core = await openCore(config, {
      logger,
      // Probes that a rotation asked for, with `endWhenProven`, run as on a server.
      probeIntervalMs: 1_000,
      ...(seed !== undefined && { generateSecret: seededSecrets(seed) }),
    })
    const app = await createApp(config, { core: quickCore(core, clockFactor), logger })
    token = await signToken(config.jwt, {
      subject: 'mock',
      scopes,
      applications: '*',
      expiresInSeconds: 365 * 86_400,
    })
    serverOrigin = await app.start()
    process.stdout.write(`The mock is listening on ${origin}\n`)
    await stopped
    front.close()
    front.closeAllConnections()
    await app.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
}
