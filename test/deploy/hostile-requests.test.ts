import { expect, test } from 'vitest'
import { malformedBodies, rejectedUploads, unfinishedBodies } from '../support/hostile-bodies.ts'
import { hostileHeads } from '../support/hostile-heads.ts'
import { hostileHttp2 } from '../support/hostile-http2.ts'
import { sendHostile, type HostileRequest } from '../support/hostile-request.ts'
import { startReverseProxy, type ProxyName } from '../support/reverse-proxy.ts'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'
import { needsTools } from '../support/tools.ts'

test.for<ProxyName>(['nginx', 'caddy'])(
  'behind %s, instances keep serving other clients, regardless of what one client sends',
  async (name, context) => {
    needsTools(context, name)
    const first = await startServer()
    const webhook = await provision(first)
    await first.api('PATCH', `${webhook}/secret`)
    const second = await startServer({ beside: first })
    const proxy = await startReverseProxy(name, [first.origin, second.origin])
    const sign = async () => {
      const path = `/api/v1${webhook}/signatures`
      return (await proxy.through('POST', path, { body: { payload: '{}' } })).status
    }

    const valid = `Authorization: Bearer ${await token()}`
    const groups: Record<string, HostileRequest[]> = {
      'unfinished bodies': unfinishedBodies(valid),
      'unfinished bodies without a token': unfinishedBodies('X-Token: none'),
      'malformed bodies': malformedBodies(valid),
      'malformed bodies without a token': malformedBodies('X-Token: none'),
      'rejected uploads': rejectedUploads(),
      'unusual heads': hostileHeads(valid),
      'HTTP/2': hostileHttp2(),
    }
    for (const [group, requests] of Object.entries(groups)) {
      // Send each request twice, so that both instances get it.
      const hostile = Promise.all([...requests, ...requests].map((request) => sendHostile(proxy, request)))
      const during = []
      for (let i = 0; i < 4; i++) during.push(await sign())
      await hostile
      const after = []
      for (let i = 0; i < 4; i++) after.push(await sign())
      expect({ group, statuses: [...during, ...after] }).toEqual({ group, statuses: Array(8).fill(200) })
    }
  },
)
