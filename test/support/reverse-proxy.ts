import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { certificateFor } from './receivers.ts'
import { temporaryFolder } from './server.ts'
import { token } from './tokens.ts'
import { freePort } from './free-port.ts'

const deploy = join(import.meta.dirname, '../../deploy')

export type ProxyName = 'nginx' | 'caddy'

export interface ProxyRequest {
  /** Sent as JSON. */
  body?: unknown
  headers?: Record<string, string>
  /** Defaults to a token with full access; null sends no token. */
  token?: string | null
  /** The caller's address, in 127.0.0.0/8. */
  from?: string
}

export interface ProxyAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** The path below which a proxy serves Rekey, and whether it removes that path from requests. */
export interface PathPrefix {
  prefix: string
  isRemoved: boolean
}

export interface RunningProxy {
  port: number
  /** The proxy's certificate. */
  ca: string
  /** Sends a request on a new connection. */
  through: (method: string, path: string, options?: ProxyRequest) => Promise<ProxyAnswer>
}

/**
 * Starts nginx or Caddy in front of two instances until the test ends, with the configuration in `deploy/`. Only
 * addresses and certificate paths are replaced, and what docs/operations.md says about path prefixes.
 * @param below defaults to a host name of Rekey's own
 */
export async function startReverseProxy(
  name: ProxyName,
  instances: [string, string],
  below?: PathPrefix & { port: number },
): Promise<RunningProxy> {
  const folder = temporaryFolder()
  const port = below?.port ?? (await freePort())
  const { cert, private: key } = await certificateFor({ name: 'localhost' })
  writeFileSync(join(folder, 'fullchain.pem'), cert)
  writeFileSync(join(folder, 'privkey.pem'), key)
  const replacements: [string, string][] = [
    ['/etc/ssl/rekey/', `${folder}/`],
    ['127.0.0.1:8080', new URL(instances[0]).host],
    ['127.0.0.1:8081', new URL(instances[1]).host],
    ...(below ? prefixed(name, below) : []),
    ...(name === 'nginx'
      ? ([['listen 443', `listen 127.0.0.1:${port}`]] as [string, string][])
      : ([['rekey.example.com {', `https://localhost:${port} {\n\tbind 127.0.0.1`]] as [string, string][])),
  ]
  let text = readFileSync(join(deploy, name === 'nginx' ? 'nginx.conf' : 'Caddyfile'), 'utf8')
  for (const [from, to] of replacements) {
    expect(text).toContain(from)
    text = text.replaceAll(from, to)
  }
  const command = name === 'nginx' ? nginx(folder, text) : caddy(folder, text)
  await run(command, folder)
  const through: RunningProxy['through'] = (method, path, options) =>
    call({ port, ca: cert }, method, path, options)
  await expect
    .poll(() => through('GET', `${below?.prefix ?? ''}/healthz`).then(({ status }) => status, String), {
      timeout: 15_000,
    })
    .toBe(200)
  return { port, ca: cert, through }
}

/** Returns what docs/operations.md says to change in the proxy's configuration. */
function prefixed(name: ProxyName, { prefix, isRemoved }: PathPrefix): [string, string][] {
  if (name === 'nginx')
    return [
      ['location / {', `location ${prefix}/ {`],
      ['location = /metrics {', `location = ${prefix}/metrics {`],
      ...(isRemoved
        ? ([['proxy_pass http://rekey;', 'proxy_pass http://rekey/;']] as [string, string][])
        : []),
    ]
  const block = isRemoved ? 'handle_path' : 'handle'
  return [
    ['respond /metrics 404', `${block} ${prefix}/* {\n\trespond ${isRemoved ? '' : prefix}/metrics 404`],
    ['response_header_timeout 30s\n\t\t}\n\t}', 'response_header_timeout 30s\n\t\t}\n\t}\n\t}'],
  ]
}

function nginx(folder: string, site: string): string[] {
  const file = join(folder, 'nginx.conf')
  writeFileSync(join(folder, 'rekey.conf'), site)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  )
  // Compression as an operator might turn it on in nginx.conf.
  const compression = 'gzip on; gzip_types application/json; gzip_proxied any; gzip_min_length 0;'
  writeFileSync(
    file,
    `daemon off; pid ${folder}/pid; error_log stderr; ${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http { access_log off; ${temporary.join(' ')} ${compression} include ${folder}/rekey.conf; }
`,
  )
  return ['nginx', '-c', file, '-p', folder]
}

function caddy(folder: string, site: string): string[] {
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`)
  return ['caddy', 'run', '--config', file, '--adapter', 'caddyfile']
}

async function run([program = '', ...args]: string[], folder: string): Promise<void> {
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<void>((resolve) =>
    child.once('close', (code) => {
      if (code) console.error(`${program} exited with code ${code}: ${output}`)
      resolve()
    }),
  )
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
  })
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
}

async function call(
  { port, ca }: { port: number; ca: string },
  method: string,
  path: string,
  options: ProxyRequest = {},
): Promise<ProxyAnswer> {
  const bearer = options.token === undefined ? await token() : options.token
  const body = options.body === undefined ? undefined : JSON.stringify(options.body)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{ host: '127.0.0.1', port, ca, servername: 'localhost', method, path, agent: false },
        ...(options.from !== undefined && { localAddress: options.from }),
        headers: {
          host: `localhost:${port}`,
          ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
          ...(body !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          }),
          ...options.headers,
        },
      },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (part: string) => (text += part))
        incoming.once('error', reject).once('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text })
        })
      },
    )
    outgoing.once('error', reject).end(body)
  })
}
