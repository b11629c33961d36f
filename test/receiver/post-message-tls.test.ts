import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { outcomeOf, resolver } from '../support/post.ts'
import { certificateFor, startHttpsReceiver, startReceiver, type Certificate } from '../support/receivers.ts'

/** Trusts these certificates, in addition to the default ones, until the test ends. */
function trust(...certificates: Certificate[]): void {
  const before = getCACertificates()
  setDefaultCACertificates([...before, ...certificates.map(({ cert }) => cert)])
  onTestFinished(() => {
    setDefaultCACertificates(before)
  })
}

test('returns tls_failed and sends nothing if the certificate is untrusted, expired or issued for another host', async () => {
  const ip = '127.0.0.1'
  const valid = await certificateFor({ ip })
  const unknown = await certificateFor({ ip })
  const expired = await certificateFor({ ip, notAfterDate: new Date(Date.now() - 1000) })
  const otherHost = await certificateFor({ name: 'other.test' })
  trust(valid, expired, otherHost)
  const received: string[] = []
  const outcome = async (certificate: Certificate, name: string) => {
    const receiver = await startHttpsReceiver((_, response) => {
      received.push(name)
      response.end()
    }, certificate)
    return outcomeOf({ url: receiver.url })
  }
  expect(await outcome(valid, 'valid')).toBe(200)
  expect(await outcome(unknown, 'unknown')).toBe('tls_failed')
  expect(await outcome(expired, 'expired')).toBe('tls_failed')
  expect(await outcome(otherHost, 'otherHost')).toBe('tls_failed')
  expect(received).toEqual(['valid'])
  const { url } = await startReceiver(() => 200)
  expect(await outcomeOf({ url: url.replace('http:', 'https:') })).toBe('tls_failed')
})

test('verifies the certificate against the host name, even with NODE_TLS_REJECT_UNAUTHORIZED=0', async () => {
  const certificate = await certificateFor({ name: 'receiver.test' })
  const receiver = await startHttpsReceiver((_, response) => response.end(), certificate)
  const resolve = resolver(['127.0.0.1'])
  const url = `https://receiver.test:${receiver.port}/`
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  onTestFinished(() => {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  })
  expect(await outcomeOf({ url, resolve })).toBe('tls_failed')
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  trust(certificate)
  expect(await outcomeOf({ url, resolve })).toBe(200)
  expect(await outcomeOf({ url: url.replace('receiver', 'other'), resolve })).toBe('tls_failed')
})
