import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { networkFileSystemWarning } from '../../src/store/sqlite/network-file-system.ts'
import { rekey } from '../support/command.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startServer, temporaryFolder } from '../support/server.ts'
import { needsRoot, needsTools } from '../support/tools.ts'

/** Mounts a folder through FUSE until the test ends, as sshfs would. @returns the mount point */
function fuseFolder(): string {
  const parent = temporaryFolder()
  const [source, mounted] = [join(parent, 'source'), join(parent, 'mounted')]
  for (const folder of [source, mounted]) mkdirSync(folder)
  execFileSync('bindfs', [source, mounted])
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', mounted])
  })
  return mounted
}

const warning =
  'the database is on a network file system (FUSE, such as sshfs or a folder that a virtual machine shares). Locks ' +
  'and flushes are unreliable there: a crash or a second process can corrupt the file, and secrets can be lost. Move ' +
  'the file to a local disk, or use PostgreSQL'

test('the server and the commands warn of a database on a network file system', async (context) => {
  needsRoot(context)
  needsTools(context, 'bindfs')
  const databaseUrl = `sqlite:${join(fuseFolder(), 'rekey.db')}`
  const { logs, folder } = await startServer({ databaseUrl })
  expect(logs).toContainEqual(expect.objectContaining({ level: 40, msg: warning }))
  const environment = { ...exampleEnvironment, DATABASE_URL: databaseUrl }
  expect(await rekey(['migrate'], { cwd: folder, environment })).toMatchObject({
    code: 0,
    stderr: `rekey: ${warning}\n`,
  })
})

test('there is no warning for a local disk, a missing folder or PostgreSQL', async () => {
  const { logs, databaseUrl } = await startServer({
    databaseUrl: `sqlite:${join(temporaryFolder(), 'rekey.db')}`,
  })
  expect(logs.filter(({ level }) => level === 40)).toEqual([])
  const file = databaseUrl.slice('sqlite:'.length)
  expect(networkFileSystemWarning({ kind: 'sqlite', file })).toBeUndefined()
  expect(networkFileSystemWarning({ kind: 'sqlite', file: '/missing/rekey.db' })).toBeUndefined()
})
