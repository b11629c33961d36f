import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Sample } from './load.ts'
import { applications } from './owners.ts'

export function hasPgbench(): boolean {
  try {
    execFileSync('pgbench', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * A rotation as the statements that Rekey sends, with text of the same length where Rekey computes it. The ids of
 * keys and the times grow as Rekey's do, so that new rows come to the same ends of the indexes.
 * @param webhooks how many take turns
 */
export function rotationScript(webhooks: number): string {
  const hex = (letter: string) => letter.repeat(64)
  const ofWebhook = "application_id = 'app_' || :a and webhook_id = 'webhook_' || :w"
  const current = 'live_keys::json -> -1 ->>'
  // A colon before a letter would be a variable.
  const live = `'[{"id":"' || :new || '","fingerprint":"whsec_****abcd","createdAt":' || :now || ',"expiresAt": null,"revokedAt": null}]'`
  return `\\set w random(0, ${webhooks - 1})
\\set a :w % ${applications}
\\set r random(${2 ** 40}, ${2 ** 44 - 1})
begin;
select pg_current_xact_id()::text as id, pg_advisory_xact_lock_shared(:a), pg_advisory_xact_lock(:w + 1000000), (extract(epoch from clock_timestamp()) * 1000)::bigint as now \\gset
select id from webhooks where application_id = 'app_' || :a and id = 'webhook_' || :w;
select sequence + 1 as next, hash as last, live_keys as live, ${current} 'id' as old, (sequence >= 30 and (${current} 'createdAt')::bigint + 60000 > :now) as recent, 'key_' || to_hex(:now::bigint) || to_hex(:r::bigint) as new from events where ${ofWebhook} order by sequence desc limit 1 \\gset
\\if :recent
select at from events where ${ofWebhook} and type = 'secret.rotated' order by sequence desc limit 1 offset 29;
\\endif
insert into signing_keys (id, application_id, webhook_id, sequence, fingerprint, sha256, sealed_secret, sealed_by, created_at, created_by) values (:new, 'app_' || :a, 'webhook_' || :w, :next, 'whsec_****abcd', '${hex('a')}', '${'s'.repeat(250)}', 'bench', :now, 'caller-1@bench.example');
insert into events (application_id, webhook_id, sequence, type, at, actor, request_id, key, ended_keys, previous_hash, hash, previous_change, live_keys) values ('app_' || :a, 'webhook_' || :w, :next, 'secret.rotated', :now, 'caller-1@bench.example', '${'r'.repeat(36)}', '${'k'.repeat(100)}', '${'e'.repeat(130)}', :last, '${hex('b')}', :next - 1, ${live});
insert into secrets_to_erase (at, key_id) values (:now, :old) on conflict do nothing;
commit;
`
}

/** Runs the transaction, as many at a time as there are clients, with statements that are prepared once. */
export async function pgbench(
  folder: string,
  url: string,
  { clients, seconds, webhooks }: { clients: number; seconds: number; webhooks: number },
): Promise<Sample> {
  const script = join(folder, 'rotation.sql')
  writeFileSync(script, rotationScript(webhooks))
  const args = [
    '-n',
    '-M',
    'prepared',
    '-j1',
    '-c',
    String(clients),
    '-T',
    String(seconds),
    '-f',
    script,
    url,
  ]
  const { stdout } = await promisify(execFile)('pgbench', args)
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? NaN)
  const failed = number(/number of failed transactions: (\d+)/)
  const answers = number(/number of transactions actually processed: (\d+)/)
  const average = number(/latency average = ([\d.]+)/)
  if (failed !== 0 || !(answers > 0)) throw new Error(`pgbench got nothing done, or not all:\n${stdout}`)
  // It tells no percentiles without a log of every transaction, which would cost it.
  return { answers, perSecond: number(/tps = ([\d.]+)/), p50Ms: average, p99Ms: NaN }
}
