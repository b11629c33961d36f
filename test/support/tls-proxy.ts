import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './server.ts'

export interface TlsProxy {
  /** As `https://127.0.0.1:40123`. */
  origin: string
  /** The certificate in PEM, for clients to trust. */
  certificateFile: string
}

/** A reverse proxy that ends TLS before `target`, as one stands before Rekey in production. */
export async function startTlsProxy(target: string): Promise<TlsProxy> {
  const { cert, private: key } = await selfSigned()
  const certificateFile = join(temporaryFolder(), 'certificate.pem')
  writeFileSync(certificateFile, cert)

  const proxy = createServer({ cert, key }, (incoming, answer) => {
    const { method, headers, url = '' } = incoming
    const onward = request(new URL(url, target), { method, headers }, (upstream) => {
      answer.writeHead(upstream.statusCode ?? 502, upstream.headers)
      upstream.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    incoming.pipe(onward)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    proxy.close()
    proxy.closeAllConnections()
  })
  return { origin: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`, certificateFile }
}

function selfSigned() {
  return generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      // It signs itself, which OpenSSL accepts as an anchor only of an authority.
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
}
