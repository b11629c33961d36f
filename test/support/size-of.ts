import { globSync, lstatSync } from 'node:fs'
import { join } from 'node:path'

/** Adds up the sizes of all files in a folder, in bytes. */
export function sizeOf(folder: string): number {
  const files = globSync('**', { cwd: folder }).map((file) => lstatSync(join(folder, file)))
  return files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
}
