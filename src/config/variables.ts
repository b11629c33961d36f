import { z } from 'zod'
import { logLevels } from './config.ts'
import {
  addresses,
  algorithms,
  databaseUrl,
  encryptionKeys,
  jwtSecret,
  publicKeyFile,
  text,
  url,
  wholeNumber,
} from './values.ts'

/** Every environment variable that Rekey reads. `npm run generate` copies the descriptions into the documentation. */
export const variables = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'], 'must be production, development or test')
    .optional()
    .describe('With `production`, Rekey generates neither keys nor example data'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  PORT: wholeNumber(0, 65_535).default(8080).describe('Port to listen on; 0 picks a free port'),
  DATABASE_URL: databaseUrl
    .prefault('sqlite:./data/rekey.db')
    .describe(
      'Where data is stored: `sqlite:` and a path, or `postgres://user:password@host:port/database?sslmode=verify-full`',
    ),
  REKEY_ENCRYPTION_KEYS: encryptionKeys.describe(
    'Keys that seal stored secrets: `kid:base64` of 32 bytes each, comma-separated, newest first',
  ),
  REKEY_JWT_SECRET: jwtSecret
    .optional()
    .describe(
      'Secret that verifies tokens (HS256). Exactly one of `REKEY_JWT_SECRET`, `REKEY_JWT_PUBLIC_KEY_FILE` and `REKEY_JWKS_URL` is required',
    ),
  REKEY_JWT_PUBLIC_KEY_FILE: publicKeyFile
    .optional()
    .describe('PEM file with the public key that verifies tokens (RSA, P-256 or Ed25519)'),
  REKEY_JWKS_URL: url.optional().describe("URL of the issuer's JWKS, whose keys verify tokens"),
  REKEY_JWT_ALGORITHMS: algorithms
    .optional()
    .describe('Accepted algorithms, comma-separated; defaults to those that fit the key'),
  REKEY_JWT_ISSUER: text.optional().describe('Required value of `iss`; not checked by default'),
  REKEY_JWT_AUDIENCE: text
    .optional()
    .describe('Required value of `aud`, or one of its values; not checked by default'),
  REKEY_JWT_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 300)
    .default(5)
    .describe('Tolerated clock difference between issuer and server, in seconds, for `exp` and `nbf`'),
  REKEY_JWT_SCOPE_CLAIM: text.default('scope').describe("Claim that contains the token's scopes"),
  REKEY_JWT_APPLICATIONS_CLAIM: text
    .default('applications')
    .describe('Claim that lists the applications the token may access'),
  REKEY_OVERLAP_SECONDS: wholeNumber(0, 604_800)
    .default(86_400)
    .describe(
      'Default overlap in seconds when a rotation does not set one; 0 revokes all older keys immediately',
    ),
  REKEY_REQUEST_TIMEOUT_MS: wholeNumber(1, 600_000)
    .default(10_000)
    .describe('Time limit for a request, in milliseconds; past that it is rolled back and fails with 504'),
  REKEY_ROTATIONS_PER_MINUTE: wholeNumber(0, 1_000_000)
    .default(30)
    .describe('Maximum rotations per webhook and minute; more fail with 429. 0 disables the limit'),
  REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: wholeNumber(0, 1_000_000)
    .default(100)
    .describe(
      'Maximum requests without a valid token per address and minute; past that, such requests from the address fail with 429 instead of 401. 0 disables the limit',
    ),
  REKEY_TRUSTED_PROXIES: addresses
    .prefault('loopback')
    .describe(
      'Proxies whose `X-Forwarded-For` is trusted: addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`, comma-separated',
    ),
  REKEY_PROBE_ALLOW: addresses
    .optional()
    .describe(
      'Receivers that may be probed although their address is not public: addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`, comma-separated',
    ),
  LOG_LEVEL: z
    .enum(logLevels, 'must be fatal, error, warn, info, debug, trace or silent')
    .default('info')
    .describe('Minimum severity of logged lines'),
})
