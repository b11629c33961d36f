import type { Environment } from '../../src/config/config.ts'
import { jwtSecret } from './tokens.ts'

/** A configuration that is whole, but for the database. */
export const exampleEnvironment: Environment = {
  PORT: '0',
  REKEY_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  REKEY_JWT_SECRET: jwtSecret,
  // Tests of the limits set them.
  REKEY_ROTATIONS_PER_MINUTE: '0',
  REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '0',
}
