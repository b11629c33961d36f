import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import pg from 'pg'
import { startPostgres } from '../../test/support/postgres-server.ts'
import type { Disturbance } from './disturbances.ts'

export type DatabaseKind = 'sqlite' | 'postgres'

export interface DrillDatabase {
  /** The servers' DATABASE_URL. */
  url: string
  /** How many servers share the database. */
  instances: number
  disturbances: Disturbance[]
  /** Describes each corruption that the database's own checks find. Call it only while no server runs. */
  findDamage: () => Promise<string[]>
  remove: () => Promise<void>
}

/**
 * Creates an empty database: a SQLite file in the folder, or a new PostgreSQL server, which flushes each commit to
 * disk.
 */
export function createDatabase(kind: DatabaseKind, folder: string): Promise<DrillDatabase> {
  return kind === 'sqlite' ? Promise.resolve(sqlite(join(folder, 'rekey.db'))) : postgres()
}

function sqlite(file: string): DrillDatabase {
  return {
    url: `sqlite:${file}`,
    instances: 1,
    disturbances: [],
    findDamage() {
      const database = new SqliteDatabase(file)
      const check = (pragma: string) => database.pragma(pragma) as Record<string, unknown>[]
      const faults = [...check('integrity_check'), ...check('foreign_key_check')]
      database.close()
      return Promise.resolve(
        faults.map((fault) => JSON.stringify(fault)).filter((text) => !text.includes('"ok"')),
      )
    },
    remove: () => Promise.resolve(),
  }
}

async function postgres(): Promise<DrillDatabase> {
  const server = await startPostgres({ fsync: 'on' })
  const query = async (text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }
  return {
    url: server.url,
    instances: 2,
    disturbances: [
      {
        name: 'crash of PostgreSQL',
        isOutage: true,
        async run() {
          await server.stop('immediate')
          await server.start()
        },
      },
      {
        name: 'all connections to PostgreSQL cut',
        isOutage: true,
        async run() {
          await query(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rekey'",
          )
        },
      },
    ],
    async findDamage() {
      await query('create extension if not exists amcheck')
      const heap = await query(
        `select relname, msg from pg_class, verify_heapam(pg_class.oid)
         where relkind = 'r' and relnamespace = 'rekey'::regnamespace`,
      )
      await query(
        `select bt_index_check(pg_class.oid, true) from pg_class, pg_am
         where relam = pg_am.oid and amname = 'btree' and relkind = 'i' and relpersistence = 'p'`,
      )
      return heap.map((fault) => JSON.stringify(fault))
    },
    remove: server.remove,
  }
}
