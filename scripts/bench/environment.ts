import { randomBytes } from 'node:crypto'
import { readConfig } from '../../src/config/read-config.ts'
import { signToken } from '../../src/commands/token.ts'

/** The configuration that all contenders share; only the database differs. */
export const environment = {
  NODE_ENV: 'production',
  PORT: '0',
  LOG_LEVEL: 'info',
  REKEY_ENCRYPTION_KEYS:
    process.env['REKEY_ENCRYPTION_KEYS'] ?? `bench:${randomBytes(32).toString('base64')}`,
  REKEY_JWT_SECRET: process.env['REKEY_JWT_SECRET'] ?? randomBytes(32).toString('base64'),
  // Keeps a single live key per webhook, however often it is rotated.
  REKEY_OVERLAP_SECONDS: '0',
}

export const config = readConfig({ ...environment, DATABASE_URL: process.env['DATABASE_URL'] })

/** Tokens of eight callers. The load generators send the tokens in turn. */
export const tokens = await Promise.all(
  Array.from({ length: 8 }, (_, caller) =>
    signToken(config.jwt, {
      subject: `caller-${caller}@bench.example`,
      scopes: ['secrets:rotate', 'messages:sign'],
      applications: '*',
      expiresInSeconds: 3_600,
    }),
  ),
)
