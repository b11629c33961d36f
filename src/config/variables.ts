import { z } from 'zod'
import { logLevels } from './config.ts'
import { grantsFile } from './grants-file.ts'
import { oidcParameters } from './oidc-parameters.ts'
import { publicKeysFile } from './public-keys.ts'
import { publicUrl } from './public-url.ts'
import {
  addresses,
  algorithms,
  encryptionKeys,
  host,
  jwtSecret,
  list,
  origins,
  pages,
  sparseFiles,
  text,
  urls,
  wholeNumber,
} from './values.ts'

/** Every environment variable that Rekey reads. `npm run generate` copies the descriptions into the documentation. */
export const variables = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'], 'must be production, development or test')
    .optional()
    .describe(
      'With `production`, Rekey generates neither keys nor example data, and creates no invitations without `REKEY_PUBLIC_URL`',
    ),
  HOST: host
    .prefault('127.0.0.1')
    .describe(
      'Address or host name to listen on; `0.0.0.0` is every IPv4 address, and `[::]` is every address',
    ),
  PORT: wholeNumber(0, 65_535).default(8080).describe('Port to listen on; 0 picks a free port'),
  DATABASE_URL: text
    .default('sqlite:./data/rekey.db')
    .describe(
      'Where data is stored: `sqlite:` and a path, or `postgres://user:password@host:port/database?sslmode=verify-full`. [All forms](#database_url)',
    ),
  REKEY_ENCRYPTION_KEYS: encryptionKeys.describe(
    'Keys that seal stored secrets: `kid:base64` of 32 bytes each, comma-separated, newest first',
  ),
  REKEY_ENCRYPTION_KEYS_COMMAND: text
    .optional()
    .describe(
      'Shell command that prints the value of `REKEY_ENCRYPTION_KEYS`, such as one that decrypts it with a [KMS](secrets.md#keys-from-a-kms). Rekey runs it once at startup, for up to 30 seconds',
    ),
  REKEY_JWT_SECRET: jwtSecret
    .optional()
    .describe(
      'Secret that verifies tokens (HS256). Exactly one of `REKEY_JWT_SECRET`, `REKEY_JWT_PUBLIC_KEY_FILE` and `REKEY_JWKS_URL` is required',
    ),
  REKEY_JWT_PUBLIC_KEY_FILE: publicKeysFile
    .optional()
    .describe('PEM file with the public keys that verify tokens (RSA, P-256, P-384, P-521 or Ed25519)'),
  REKEY_JWKS_URL: urls
    .optional()
    .describe(
      "URL of the issuer's JWKS, whose keys verify tokens. A comma-separated list pairs with `REKEY_JWT_ISSUER` by position: each issuer's tokens are verified with its own keys",
    ),
  REKEY_JWKS_TOKEN_FILE: sparseFiles
    .optional()
    .describe(
      'File with the bearer token that the JWKS URL requires, read at each fetch. A comma-separated list pairs with `REKEY_JWKS_URL` by position, with empty entries for URLs without a token',
    ),
  REKEY_JWT_ALGORITHMS: algorithms
    .optional()
    .describe('Accepted algorithms, comma-separated; defaults to those that fit the keys'),
  REKEY_JWT_ISSUER: list
    .optional()
    .describe('Accepted values of `iss`, comma-separated, one for each JWKS URL; not checked by default'),
  REKEY_JWT_AUDIENCE: list
    .optional()
    .describe(
      'Accepted values of `aud`, comma-separated; a token must have at least one of them. Not checked by default',
    ),
  REKEY_JWT_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 300)
    .default(5)
    .describe('Tolerated clock difference between issuer and server, in seconds, for `exp` and `nbf`'),
  REKEY_JWT_SCOPE_CLAIM: list
    .prefault('scope')
    .describe(
      "Claims that contain the token's scopes, comma-separated: names, or paths such as `realm_access.roles`",
    ),
  REKEY_JWT_SCOPE_PREFIX: text
    .optional()
    .describe(
      'Prefix of scopes in tokens, such as `rekey/`. Rekey removes it, and ignores scopes that do not begin with it',
    ),
  REKEY_JWT_APPLICATIONS_CLAIM: list
    .prefault('applications')
    .describe('Claims that list the applications the token may access, comma-separated: names or paths'),
  REKEY_JWT_SUBJECT_CLAIM: text
    .optional()
    .describe(
      'Claim that names the caller in the audit trail: a name or a path. The trail then shows its value and `sub`, as in `ops@platform.example (248289761001)`. It affects neither the identity nor the rights of the caller',
    ),
  REKEY_GRANTS_FILE: grantsFile
    .optional()
    .describe(
      'JSON file that grants rights to tokens by their claims. With it, the claims in `REKEY_JWT_SCOPE_CLAIM` and `REKEY_JWT_APPLICATIONS_CLAIM` count only if these variables are set',
    ),
  REKEY_OIDC_CLIENT_ID: text
    .optional()
    .describe(
      'Client ID with which people [sign in to the console](tokens.md#sign-in-to-the-console) at the identity provider, the first issuer in `REKEY_JWT_ISSUER`',
    ),
  REKEY_OIDC_SCOPE: text
    .optional()
    .describe('Scopes that the console requests at sign-in, separated by spaces; defaults to `openid`'),
  REKEY_OIDC_RESOURCE: text
    .optional()
    .describe('Value of the parameter `resource` (RFC 8707), if the provider requires it'),
  REKEY_OIDC_PARAMETERS: oidcParameters
    .optional()
    .describe(
      'More parameters of the authorization request, in the form of a query, such as `audience=https://rekey.example`',
    ),
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
  REKEY_PUBLIC_URL: publicUrl
    .optional()
    .describe(
      'URL at which clients reach Rekey, with an optional path prefix, such as `https://platform.example/rekey`. The OpenAPI document, the reference page and the links of [invitations](invitations.md) use it. Requests are served with the prefix or without it',
    ),
  REKEY_CORS_ORIGINS: origins
    .optional()
    .describe(
      'Origins whose pages may call the API from a browser, comma-separated, such as `https://admin.example.com`. Unless an origin is listed, browsers keep its pages from reading responses',
    ),
  REKEY_PAGES: pages
    .prefault('all')
    .describe(
      'Pages to serve without a token, comma-separated: `console` (`/console`), `reference` (`/docs`) and `rotate` (`/rotate`, to which [invitations](invitations.md) lead); or `all`, or `none`. The others return 404',
    ),
  REKEY_TRUSTED_PROXIES: addresses
    .prefault('loopback')
    .describe(
      'Proxies whose `X-Forwarded-For` or `Forwarded` is trusted: addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`, comma-separated',
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

/** Variables whose value can be in a file: `NAME_FILE` then contains the file's path. */
export const fileVariables = Object.keys(variables.shape).filter(
  (name) => name !== 'NODE_ENV' && !/_(FILE|COMMAND)$/.test(name),
)
