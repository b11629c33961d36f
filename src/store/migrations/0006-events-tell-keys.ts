import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Migration } from 'kysely/migration'
import { isPostgres } from '../is-postgres.ts'
import { idType } from './id-type.ts'

/**
 * What a webhook's keys are is told by its events alone, each of which lists the keys that are live after it, and a
 * key is never written again once it is issued. So a rotation adds to the end of each table, and of what is old it
 * changes a page of one index only, where it was a page of each of three, and one of the key's.
 */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    // In the order in which a rotation of the version before takes them.
    if (isPostgres(db))
      await sql`lock table signing_keys, events, idempotency_records in access exclusive mode`.execute(db)
    await tellKeys(db)
    await noteSecretsToErase(db)
    await (isPostgres(db) ? changeKeys(db) : rebuildKeys(db))
  },
}

/** Where in its trail an event is that changed the webhook's keys. */
const change = sql`case when type in ('secret.rotated', 'secret.previous_revoked', 'webhook.deleted') then sequence end`

/** The live keys are told from the last event on that changed the keys, and of each event which one did before it. */
async function tellKeys(db: Kysely<unknown>): Promise<void> {
  for (const [column, type] of [['previous_change', 'integer'] as const, ['live_keys', 'text'] as const])
    await db.schema.alterTable('events').addColumn(column, type).execute()
  await sql`update events set previous_change = told.previous_change from (
      select application_id, webhook_id, sequence, max(${change}) over (partition by application_id, webhook_id
        order by sequence rows between unbounded preceding and 1 preceding) as previous_change from events) as told
    where told.application_id = events.application_id and told.webhook_id = events.webhook_id
      and told.sequence = events.sequence`.execute(db)

  const members = sql`'id', id, 'fingerprint', fingerprint, 'createdAt', created_at, 'expiresAt', expires_at,
    'revokedAt', revoked_at`
  const array = isPostgres(db)
    ? sql`json_agg(json_build_object(${members}) order by generation)::text`
    : sql`json_group_array(json_object(${members}) order by generation)`
  await sql`update events set live_keys = told.live_keys from (
      select application_id, webhook_id, last, coalesce((select ${array} from (
          select id, fingerprint, created_at, expires_at, revoked_at, generation from signing_keys
          where application_id = changes.application_id and webhook_id = changes.webhook_id and revoked_at is null
          order by coalesce(expires_at, 9007199254740991) desc limit 20) as live having count(*) > 0), '[]') as live_keys
      from (select application_id, webhook_id, coalesce(max(${change}), 0) as last
        from events group by application_id, webhook_id) as changes) as told
    where told.application_id = events.application_id and told.webhook_id = events.webhook_id
      and events.sequence >= told.last`.execute(db)

  // An instance of before would write an event that tells none, and take the webhook's keys from it.
  if (isPostgres(db))
    await sql`alter table events add constraint events_live_keys check (live_keys is not null) not valid`.execute(
      db,
    )
  else
    await sql`create trigger events_live_keys before insert on events when new.live_keys is null
      begin select raise(abort, 'an event has to tell the live keys'); end`.execute(db)
}

async function noteSecretsToErase(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('secrets_to_erase')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('key_id', idType(db), (column) => column.notNull())
    .addPrimaryKeyConstraint('secrets_to_erase_primary', ['at', 'key_id'])
    .$call((table) => (isPostgres(db) ? table : table.modifyEnd(sql`without rowid`)))
    .execute()
  await sql`insert into secrets_to_erase (at, key_id) select coalesce(revoked_at, expires_at), id
    from signing_keys where sealed_secret is not null and expires_at is not null`.execute(db)
}

/** PostgreSQL keeps the table, and with it who may do what with it. */
async function changeKeys(db: Kysely<unknown>): Promise<void> {
  const table = db.schema.alterTable('signing_keys')
  await table.addColumn('sequence', 'integer', (column) => column.notNull().defaultTo(0)).execute()
  await sql`update signing_keys set sequence = events.sequence from events
    where type = 'secret.rotated' and key::json ->> 'id' = signing_keys.id`.execute(db)
  await sql`alter table signing_keys alter column sequence drop default`.execute(db)
  for (const constraint of ['signing_keys_webhook', 'signing_keys_generation'])
    await table.dropConstraint(constraint).execute()
  for (const index of ['signing_keys_end', 'signing_keys_to_erase'])
    await db.schema.dropIndex(index).execute()
  for (const column of ['generation', 'expires_at', 'revoked_at']) await table.dropColumn(column).execute()
  await grantLikeKeys(db)
}

/** Whoever may write keys has to note which secrets are to be erased. */
async function grantLikeKeys(db: Kysely<unknown>): Promise<void> {
  await sql`do $$
    declare held record;
    begin
      for held in select pg_get_userbyid(acl.grantee) as grantee, string_agg(acl.privilege_type, ', ') as privileges
        from pg_class, aclexplode(relacl) as acl
        where pg_class.oid = 'signing_keys'::regclass and acl.grantee not in (0, relowner)
        group by acl.grantee
      loop
        execute format('grant %s on secrets_to_erase to %I', held.privileges, held.grantee);
      end loop;
    end $$`.execute(db)
}

/** SQLite can take neither a constraint nor a foreign key from a table. */
async function rebuildKeys(db: Kysely<unknown>): Promise<void> {
  const id = idType(db)
  await db.schema
    .createTable('issued_keys')
    .addColumn('id', id, (column) => column.primaryKey().notNull())
    .addColumn('application_id', id, (column) => column.notNull())
    .addColumn('webhook_id', id, (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('fingerprint', 'varchar(16)', (column) => column.notNull())
    .addColumn('sha256', 'char(64)', (column) => column.notNull())
    .addColumn('sealed_secret', 'text')
    .addColumn('sealed_by', 'varchar(64)')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('created_by', 'text')
    .addColumn('reason', 'varchar(500)')
    .modifyEnd(sql`without rowid`)
    .execute()
  const copied = (sequence: RawBuilder<unknown>) => sql`select signing_keys.id, signing_keys.application_id,
    signing_keys.webhook_id, ${sequence}, fingerprint, sha256, sealed_secret, sealed_by, signing_keys.created_at,
    created_by, signing_keys.reason`
  await sql`insert into issued_keys ${copied(sql`events.sequence`)} from events
    cross join signing_keys where type = 'secret.rotated' and signing_keys.id = key ->> 'id'`.execute(db)
  // Those that no event tells of, which an audit names.
  await sql`insert or ignore into issued_keys ${copied(sql`0`)} from signing_keys`.execute(db)

  await db.schema
    .createTable('retries')
    .addColumn('application_id', id, (column) => column.notNull())
    .addColumn('webhook_id', id, (column) => column.notNull())
    .addColumn('request', 'char(64)', (column) => column.notNull())
    .addColumn('body', 'char(64)', (column) => column.notNull())
    .addColumn('key_id', id, (column) => column.notNull().references('issued_keys.id').onDelete('cascade'))
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('retries_primary', ['application_id', 'webhook_id', 'request'])
    .execute()
  await sql`insert into retries select application_id, webhook_id, request, body, key_id, expires_at
    from idempotency_records`.execute(db)

  // Before the keys, which would take it along.
  await db.schema.dropTable('idempotency_records').execute()
  await db.schema.dropTable('signing_keys').execute()
  await db.schema.alterTable('issued_keys').renameTo('signing_keys').execute()
  await db.schema.alterTable('retries').renameTo('idempotency_records').execute()
  await db.schema.createIndex('signing_keys_sealed_by').on('signing_keys').column('sealed_by').execute()
  for (const column of ['expires_at', 'key_id'])
    await db.schema
      .createIndex(`idempotency_records_${column}`)
      .on('idempotency_records')
      .column(column)
      .execute()
}
