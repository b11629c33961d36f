import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config/read-config.ts'
import { createAuthenticate } from '../../../src/http/authentication/authenticate.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { json, startJwksServer } from '../../support/jwks-server.ts'
import { createSigner, signedBy } from '../../support/signers.ts'

test("takes a turn only to check a signature, after fetching the issuer's keys, and ends the turn even if the signature is invalid", async () => {
  const signer = createSigner('ES256')
  const issuer = await startJwksServer()
  const environment = { ...exampleEnvironment, DATABASE_URL: 'sqlite:unused', REKEY_JWT_SECRET: '' }
  const { jwt } = readConfig({ ...environment, REKEY_JWKS_URL: issuer.url })
  const authenticate = createAuthenticate(jwt, Date.now)
  const turns = { taken: 0, ended: 0 }
  const ask = (token: string) =>
    authenticate(`Bearer ${token}`, () => {
      turns.taken += 1
      return Promise.resolve(() => (turns.ended += 1))
    })

  const respond = Promise.withResolvers<undefined>()
  issuer.answer((request, response) => {
    void respond.promise.then(() => {
      json({ keys: [signer.jwk] })(request, response)
    })
  })
  const valid = await signedBy(signer)
  const waiting = ask(valid)
  await expect.poll(() => issuer.requests()).toBe(1)
  expect(turns).toEqual({ taken: 0, ended: 0 })
  respond.resolve(undefined)
  await waiting
  expect(turns).toEqual({ taken: 1, ended: 1 })

  // A token whose signature was checked before, and text that is not a token, need no turn.
  await ask(valid)
  await expect(ask('nonsense')).rejects.toThrow()
  expect(turns).toEqual({ taken: 1, ended: 1 })

  await expect(ask(await signedBy({ ...createSigner('ES256'), kid: signer.kid }))).rejects.toThrow()
  expect(turns).toEqual({ taken: 2, ended: 2 })
})
