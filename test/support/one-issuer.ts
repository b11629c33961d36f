import type { JwksServer } from './jwks-server.ts'
import { startServer, type TestServer } from './server.ts'
import { fullClaims, signedBy, type Signer } from './signers.ts'

/** Starts a server that accepts only tokens signed by a key in this JWKS. */
export function startWith({ url }: JwksServer): Promise<TestServer> {
  return startServer({ environment: { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: url } })
}

/** Sends a request with a token that the signer has signed and that grants every right. */
export async function get({ api }: TestServer, signer: Signer, header = {}) {
  return api('GET', '/applications', { token: await signedBy(signer, fullClaims(), header) })
}
