import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import { expect, test } from 'vitest'
import { rekey } from '../support/command.ts'
import { CrashLoad, productionEnvironment } from '../support/crash.ts'
import { provisionWebhooks } from '../support/provision.ts'
import { serve } from '../support/serve.ts'
import { temporaryFolder } from '../support/server.ts'

const rounds = 20

function fileFaults(file: string): unknown[] {
  const database = new SqliteDatabase(file, { readonly: true })
  try {
    const integrity = database.pragma('integrity_check') as { integrity_check: string }[]
    const foreignKeys = database.pragma('foreign_key_check') as unknown[]
    return [...integrity.filter(({ integrity_check }) => integrity_check !== 'ok'), ...foreignKeys]
  } finally {
    database.close()
  }
}

test(
  `every returned secret survives if a server on SQLite is killed ${rounds} times under load`,
  { timeout: 300_000 },
  async () => {
    const cwd = temporaryFolder()
    const file = join(cwd, 'rekey.db')
    const environment = productionEnvironment(`sqlite:${file}`)
    const load = new CrashLoad(`sqlite:${file}`)
    let rotated = 0

    for (let round = 0; round < rounds; round++) {
      const server = await serve(cwd, environment)
      // Checks the previous round only now, because the server, not the check, must recover the database.
      expect(fileFaults(file)).toEqual([])
      expect(await load.check()).toEqual([])
      const webhooks = await provisionWebhooks(server.origin, 5)
      const crash = async () => {
        await delay(load.random.below(250))
        await server.stop('SIGKILL')
      }
      await load.through(crash, server.origin, webhooks)
      rotated += load.rotated
    }

    expect(rotated).toBeGreaterThan(rounds)
    const { code, stdout } = await rekey(['audit', 'verify'], { cwd, environment })
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { broken: null }])
    expect(fileFaults(file)).toEqual([])
    expect(await load.check()).toEqual([])
    expect(await load.checkAll()).toEqual([])
    expect(load.answered.filter(({ status }) => status === 500)).toEqual([])
  },
)
