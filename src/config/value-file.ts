import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { maxValueBytes } from './value-text.ts'

/**
 * Reads the file that contains a variable's value. Follows symbolic links, because Kubernetes mounts secrets as such.
 * @returns at most `maxValueBytes + 1` bytes
 * @throws Error that says what is wrong with the file, and how to correct it
 */
export function readValueFile(path: string): Buffer {
  const descriptor = open(path)
  try {
    if (!fstatSync(descriptor).isFile())
      throw new Error('the path leads to a directory, pipe or device; it must lead to a regular file')
    const bytes = Buffer.alloc(maxValueBytes + 1)
    return bytes.subarray(0, readSync(descriptor, bytes))
  } finally {
    closeSync(descriptor)
  }
}

function open(path: string): number {
  try {
    // Opening a pipe would block without O_NONBLOCK.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new Error('the file does not exist; create it, or correct the path')
    if (code === 'EACCES')
      throw new Error(
        `the file is not readable by user ${process.geteuid?.()}; give that user read permission`,
      )
    throw new Error(`the file cannot be opened (${code}); correct the path`)
  }
}

/**
 * Returns the path in parentheses, after a space. Returns an empty string if the text may be a secret that was given in
 * place of a path: if neither the file nor the path's first folder exists.
 */
export function shownPath(path: string): string {
  const [folder] = /^\/?[^/]+(?=\/)/.exec(path) ?? []
  return existsSync(path) || (folder !== undefined && existsSync(folder)) ? ` (${path})` : ''
}
