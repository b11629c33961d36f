import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figures } from './figures.ts'
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
 * Returns a pgbench script with the statements that Rekey sends for a rotation. Constants replace computed values.
 * @param webhooks the number of webhooks from which each transaction picks one
 */
export function rotationScript(webhooks: number): string {
  const hex = (letter: string) => letter.repeat(64)
  const time = 1_800_000_000_000
  return `\\set w random(0, ${webhooks - 1})
\\set a :w % ${applications}
\\set r random(1, 9000000000000000000)
\\set s random(1, 9000000000000000000)
begin;
select pg_current_xact_id()::text as id, pg_advisory_xact_lock_shared(:a), pg_advisory_xact_lock(:w + 1000000);
select id from webhooks where application_id = 'app_' || :a and id = 'webhook_' || :w;
select generation as old, generation + 1 as next from signing_keys where application_id = 'app_' || :a and webhook_id = 'webhook_' || :w and coalesce(revoked_at, expires_at, 9007199254740991) > ${time} \\gset
update signing_keys set expires_at = ${time}, revoked_at = ${time} where application_id = 'app_' || :a and webhook_id = 'webhook_' || :w and generation = :old;
insert into signing_keys (id, application_id, webhook_id, generation, fingerprint, sha256, sealed_secret, sealed_by, created_at, created_by) values ('key_' || :r || :s, 'app_' || :a, 'webhook_' || :w, :next, 'whsec_****abcd', '${hex('a')}', '${'s'.repeat(260)}', 'bench', ${time}, 'caller-1@bench.example');
select sequence + 1 as sequence, hash as last from events where application_id = 'app_' || :a and webhook_id = 'webhook_' || :w order by sequence desc limit 1 \\gset
insert into events (application_id, webhook_id, sequence, type, at, actor, request_id, key, ended_keys, previous_hash, hash) values ('app_' || :a, 'webhook_' || :w, :sequence, 'secret.rotated', ${time}, 'caller-1@bench.example', '${'r'.repeat(36)}', '${'k'.repeat(110)}', '${'e'.repeat(130)}', :last, '${hex('b')}');
commit;
`
}

/** Runs the rotation script with parallel clients and prepared statements. */
export async function pgbench(
  folder: string,
  url: string,
  { clients, seconds, webhooks }: { clients: number; seconds: number; webhooks: number },
): Promise<Figures> {
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
  if (failed !== 0 || !(answers > 0))
    throw new Error(`pgbench completed no transactions, or some failed:\n${stdout}`)
  // No p99: percentiles require a log of every transaction, which slows pgbench down.
  return { perSecond: number(/tps = ([\d.]+)/), p50Ms: average }
}
