import { statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { DatabaseLocation } from '../../config/config.ts'

/**
 * Network file systems by `f_type` (`linux/magic.h`, and the sources of those that are not in Linux). All FUSE
 * file systems share one type, which does not say whether they are on a network, so the name is just FUSE.
 */
const names = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x65735546, 'FUSE, such as sshfs or a folder that a virtual machine shares'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x786f4256, 'a shared folder of VirtualBox'],
])

/** Returns a warning if the database is a file on what is, or may be, a network file system of Linux. */
export function networkFileSystemWarning(database: DatabaseLocation): string | undefined {
  if (database.kind !== 'sqlite' || process.platform !== 'linux') return undefined
  const name = names.get(fileSystemType(dirname(resolve(database.file))))
  if (name === undefined) return undefined
  return (
    `the database is on a network file system (${name}). Locks and flushes are unreliable there: a crash or a second ` +
    'process can corrupt the file, and secrets can be lost. Move the file to a local disk, or use PostgreSQL'
  )
}

/** Returns 0 if the folder cannot be examined. */
function fileSystemType(folder: string): number {
  try {
    // The type is a signed number on some machines.
    return statfsSync(folder).type >>> 0
  } catch {
    return 0
  }
}
