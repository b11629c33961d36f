import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { maxLiveKeys } from '../../src/domain/rotation.ts'
import { openStore } from '../../src/store/open-store.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { rekey } from '../../test/support/command.ts'
import { findBrokenPromises } from '../../test/support/durability.ts'
import { exampleEnvironment } from '../../test/support/environment.ts'
import { provisionWebhooks } from '../../test/support/provision.ts'
import { rotateUnderLoad, type Attempt } from '../../test/support/rotation-load.ts'
import { token } from '../../test/support/tokens.ts'
import { createDatabase, type DatabaseKind } from './databases.ts'
import { deliver, type DeliveryReport } from './deliveries.ts'
import { disturbances } from './disturbances.ts'
import { attack, hostileApplication } from './hostile-tenant.ts'
import { Outages } from './outages.ts'
import { below, pick, shuffled } from './random.ts'
import { DrillServer } from './servers.ts'

/**
 * Pause between two disturbances, in milliseconds. It is longer than the aftermath of an outage, so that normal
 * operation is measured too.
 */
const pauseMs = 14_000
const memoryEveryMs = 5_000

/** The application whose deliveries must not suffer. `app_1` belongs to the clients that rotate under load. */
const innocentApplication = 'app_2'

export interface StretchReport extends DeliveryReport {
  database: DatabaseKind
  seconds: number
  /** How often each disturbance ran. */
  disturbances: Map<string, number>
  attacks: number
  /** Rotations under load that returned 200. */
  acknowledged: number
  /** Rotations under load that got no response, or a 500 (unknown outcome). */
  unknown: number
  /** The most memory that a server used, in bytes. */
  maxRss: number
}

/** Runs a drill on a new database for the given number of seconds, then checks every promise. */
export async function runStretch(
  kind: DatabaseKind,
  seconds: number,
  progress: (text: string) => void,
): Promise<StretchReport> {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-drill-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  const database = await createDatabase(kind, folder)
  const environment = { NODE_ENV: 'production', ...exampleEnvironment, DATABASE_URL: database.url }
  const servers = Array.from(
    { length: database.instances },
    (_, i) => new DrillServer(folder, `server-${i}`, environment),
  )
  const begin = performance.now()
  const elapsed = () => Math.round((performance.now() - begin) / 1_000)
  const stopping = new AbortController()
  const until = stopping.signal
  try {
    for (const server of servers) await server.start()
    // While no server runs, requests go to the last origin, which refuses connections.
    let last = ''
    const origins = () => {
      const running = servers.flatMap(({ origin }) => origin ?? [])
      last = running[0] ?? last
      return running.length > 0 ? running : [last]
    }
    const origin = () => pick(origins())

    const contested = await provisionWebhooks(origin(), 5)
    const innocent = await provisionWebhooks(origin(), 6, innocentApplication)
    await provisionWebhooks(origin(), 100, hostileApplication)

    const outages = new Outages()
    const answered: Attempt[] = []
    const unanswered: Attempt[] = []
    const ran = new Map<string, number>()
    let maxRss = 0
    const load = Promise.all([
      deliver({
        webhooks: innocent,
        token: await token({ applications: [innocentApplication] }),
        origin,
        outages,
        until,
      }),
      attack({
        token: await token({ applications: [hostileApplication] }),
        origin,
        until,
      }),
      rotateUnderLoad({
        webhooks: contested,
        clients: 2,
        random: { below, pick },
        origins,
        unanswered,
        answered,
        until,
        pauseMs: 20,
      }),
      watchMemory(origins, until, (rss) => (maxRss = Math.max(maxRss, rss))),
    ])
    // If the load fails, this rejects and ends the stretch immediately.
    const failed = load.then(() => undefined)
    const faults = disturbances(servers, database)
    while (elapsed() < seconds) {
      for (const fault of shuffled(faults)) {
        if (elapsed() >= seconds) break
        progress(`${kind}: ${elapsed()} of ${seconds} s, ${answered.length} rotations, now: ${fault.name}`)
        const work = fault.isOutage ? outages.during(fault.run) : fault.run()
        await Promise.race([work, failed])
        ran.set(fault.name, (ran.get(fault.name) ?? 0) + 1)
        await Promise.race([delay(pauseMs), failed])
      }
    }
    stopping.abort()
    const [deliveries, attacks] = await load
    for (const server of servers) await server.stop('SIGTERM')

    const broken = [...deliveries.broken, ...(await database.findDamage())]
    const store = await openStore(readConfig(environment).database)
    try {
      broken.push(...(await findBrokenPromises(store, [...answered, ...unanswered])))
      broken.push(...(await findLostOverlaps(store)))
    } finally {
      await store.close()
    }
    const { code, stdout, stderr } = await rekey(['audit', 'verify'], { cwd: folder, environment })
    if (code !== 0) broken.push(`rekey audit verify exited with ${code}: ${stdout}${stderr}`)
    return {
      ...deliveries,
      broken,
      database: kind,
      seconds: elapsed(),
      disturbances: ran,
      attacks,
      acknowledged: answered.filter(({ status }) => status === 200).length,
      unknown: unanswered.length + answered.filter(({ status }) => status === 500).length,
      maxRss,
    }
  } finally {
    stopping.abort()
    for (const server of servers) await server.stop('SIGKILL')
    await database.remove()
  }
}

/** Describes each webhook that has more live keys than allowed, and each live key whose secret is gone. */
async function findLostOverlaps(store: Awaited<ReturnType<typeof openStore>>): Promise<string[]> {
  const rows = await store.read(
    (queries) => queries.selectFrom('signing_keys').selectAll().where('revoked_at', 'is', null).execute(),
    AbortSignal.timeout(60_000),
  )
  const live = rows.filter(({ expires_at }) => expires_at === null || expires_at > Date.now())
  const lost = live.filter(({ sealed_secret }) => sealed_secret === null)
  const byWebhook = Map.groupBy(live, (key) => `${key.application_id}/${key.webhook_id}`)
  const tooMany = [...byWebhook].filter(([, keys]) => keys.length > maxLiveKeys)
  return [
    ...lost.map(({ id }) => `live key ${id} lost its secret`),
    ...tooMany.map(([webhook, keys]) => `${webhook} has ${keys.length} live keys`),
  ]
}

async function watchMemory(
  origins: () => readonly string[],
  until: AbortSignal,
  found: (rss: number) => void,
): Promise<void> {
  while (!until.aborted) {
    for (const origin of origins()) {
      // A server that is down or frozen does not respond. The next round tries it again.
      const metrics = await fetch(`${origin}/metrics`, { signal: AbortSignal.timeout(2_000) }).then(
        (response) => response.text(),
        () => '',
      )
      const [, rss] = /^process_resident_memory_bytes (\S+)$/m.exec(metrics) ?? []
      if (rss !== undefined) found(Number(rss))
    }
    await delay(memoryEveryMs, undefined, { signal: until }).catch(() => undefined)
  }
}
