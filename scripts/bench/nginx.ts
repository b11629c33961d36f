import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../test/support/free-port.ts'
import { root } from './contenders.ts'

export function hasNginx(): boolean {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Starts nginx in front of the instances, with the configuration in `deploy/`, but without TLS, which the load generator
 * would pay for too.
 * @returns its origin, and a function that stops it
 */
export async function startNginx(
  folder: string,
  origins: string[],
): Promise<{ origin: string; stop: () => Promise<void> }> {
  const own = folder
  mkdirSync(own, { recursive: true })
  const port = await freePort()
  const servers = origins.map((origin) => `server ${new URL(origin).host} max_fails=0;`)
  const site = readFileSync(join(root, 'deploy/nginx.conf'), 'utf8')
    .replace(/( *server 127.0.0.1:\d+ max_fails=0;\n)+/, `${servers.join('\n')}\n`)
    .replace(/listen 443 ssl http2;/, `listen 127.0.0.1:${port};`)
    .replaceAll(/^ *ssl_.*$/gm, '')
  writeFileSync(join(own, 'rekey.conf'), site)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${own}/${kind};`,
  )
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  writeFileSync(
    join(own, 'nginx.conf'),
    `daemon off; pid ${own}/pid; error_log stderr crit; ${user}
events { worker_connections 4096; }
http { access_log off; ${temporary.join(' ')} include ${own}/rekey.conf; }
`,
  )
  const child = spawn('nginx', ['-c', join(own, 'nginx.conf'), '-p', own], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const kill = () => child.kill('SIGTERM')
  process.once('exit', kill)
  const exit = once(child, 'exit')
  const origin = `http://127.0.0.1:${port}`
  while (
    !(await fetch(`${origin}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    origin,
    async stop() {
      kill()
      await exit
      process.off('exit', kill)
    },
  }
}
