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

/** Every environment variable that Rekey reads, as the README tells of it. */
export const variables = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'], 'must be production, development or test')
    .optional()
    .describe('`production` makes neither keys nor an example'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  PORT: wholeNumber(0, 65_535).default(8080).describe('Port to listen on; 0 takes a free one'),
  DATABASE_URL: databaseUrl
    .prefault('sqlite:./data/rekey.db')
    .describe(
      'Where the data is kept: `sqlite:` and a path, or `postgres://user:password@host:port/database?sslmode=verify-full`',
    ),
  REKEY_ENCRYPTION_KEYS: encryptionKeys.describe(
    'Keys that seal the secrets at rest: `kid:base64` of 32 bytes each, comma-separated, newest first',
  ),
  REKEY_JWT_SECRET: jwtSecret
    .optional()
    .describe(
      'Tokens are verified with this secret (HS256); one of the three `REKEY_JWT_SECRET`, `REKEY_JWT_PUBLIC_KEY_FILE`, `REKEY_JWKS_URL` is needed',
    ),
  REKEY_JWT_PUBLIC_KEY_FILE: publicKeyFile
    .optional()
    .describe('Tokens are verified with the public key in this PEM file (RSA, P-256 or Ed25519)'),
  REKEY_JWKS_URL: url.optional().describe("Tokens are verified with the keys at this URL, the issuer's JWKS"),
  REKEY_JWT_ALGORITHMS: algorithms
    .optional()
    .describe('The only algorithms accepted, comma-separated; unless set, those that fit the key'),
  REKEY_JWT_ISSUER: text.optional().describe('When set, `iss` must be this'),
  REKEY_JWT_AUDIENCE: text.optional().describe('When set, `aud` must be or hold this'),
  REKEY_JWT_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 300)
    .default(5)
    .describe('How far the clocks of issuer and server may differ when `exp` and `nbf` are checked'),
  REKEY_JWT_SCOPE_CLAIM: text.default('scope').describe("The claim that holds the token's scopes"),
  REKEY_JWT_APPLICATIONS_CLAIM: text
    .default('applications')
    .describe('The claim that names the applications that the token may touch'),
  REKEY_OVERLAP_SECONDS: wholeNumber(0, 604_800)
    .default(86_400)
    .describe(
      'How long the key before goes on signing after a rotation that does not say; 0 ends every older key then',
    ),
  REKEY_REQUEST_TIMEOUT_MS: wholeNumber(1, 600_000)
    .default(10_000)
    .describe('A request that takes longer is rolled back and answered with 504'),
  REKEY_ROTATIONS_PER_MINUTE: wholeNumber(0, 1_000_000)
    .default(30)
    .describe('How often the secret of one webhook may be rotated; past that 429. 0 sets no limit'),
  REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: wholeNumber(0, 1_000_000)
    .default(100)
    .describe(
      'How many requests without a valid token one address may send; past that 429 to all it sends. 0 sets no limit',
    ),
  REKEY_TRUSTED_PROXIES: addresses
    .prefault('loopback')
    .describe(
      'Proxies whose `X-Forwarded-For` tells the address: addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`, comma-separated',
    ),
  REKEY_PROBE_ALLOW: addresses
    .optional()
    .describe(
      'Receivers that may be probed though their address is not public: addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`, comma-separated',
    ),
  LOG_LEVEL: z
    .enum(logLevels, 'must be fatal, error, warn, info, debug, trace or silent')
    .default('info')
    .describe('The least severe lines that are logged'),
})
