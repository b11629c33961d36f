import type { Environment } from '../../src/config/config.ts'
import { jwtSecret } from './tokens.ts'

/** A complete configuration for tests, except that DATABASE_URL is missing. */
export const exampleEnvironment: Environment = {
  PORT: '0',
  REKEY_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  REKEY_JWT_SECRET: jwtSecret,
  // 0 turns off the limits. Tests of the limits set their own values.
  REKEY_ROTATIONS_PER_MINUTE: '0',
  REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '0',
}
