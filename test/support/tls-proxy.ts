import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { listen } from './listen.ts'
import { certificateFor } from './receivers.ts'
import { temporaryFolder } from './server.ts'

export interface TlsProxy {
  /** For example `https://127.0.0.1:40123`. */
  origin: string
  /** Path of the PEM file with the certificate that clients must trust. */
  certificateFile: string
}

/** Starts a TLS-terminating reverse proxy in front of `target`, as in production. */
export async function startTlsProxy(target: string): Promise<TlsProxy> {
  const { cert, private: key } = await certificateFor({ name: 'localhost', ip: '127.0.0.1' })
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
  return { origin: `https://127.0.0.1:${await listen(proxy)}`, certificateFile }
}
