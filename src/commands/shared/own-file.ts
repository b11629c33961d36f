import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, writeFileSync } from 'node:fs'

/**
 * Opens a file that contains secrets. Rejects anything that another user could have put at this path instead: their own
 * file, a symbolic link, or a pipe, which would block the call.
 * @param flags as for open(2); a file that O_CREAT creates gets mode 600
 * @returns a descriptor
 * @throws Error if the path is not a regular file, or the file belongs to another user; any error from open(2)
 */
export function openOwnFile(file: string, flags: number): number {
  const descriptor = open(file, flags)
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile()) throw notRegular(file)
    // Windows has no user IDs.
    const user = process.geteuid?.()
    if (user !== undefined && status.uid !== user)
      throw new Error(
        `${file} belongs to another user (uid ${status.uid}); run this command as that user, ` +
          `or if you trust the content, copy it to a file of your own (uid ${user})`,
      )
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/**
 * Checks that no one else can read an open file.
 * @throws Error if other users can access the file, or it has another name
 */
export function checkAccess(descriptor: number, file: string): void {
  const { mode, nlink } = fstatSync(descriptor)
  if ((mode & 0o077) !== 0) throw new Error(`other users can access ${file}; set its mode to 600`)
  if (nlink !== 1)
    throw new Error(
      `${file} has a second hard link, which may be in another user's folder; copy it to a new file and use the copy`,
    )
}

/**
 * Appends a line of JSON to an open file.
 * @throws any error from write(2); the file then has no part of the line, to which the next one would be appended
 */
export function appendLine(descriptor: number, line: object): void {
  const { size } = fstatSync(descriptor)
  try {
    // writeFileSync writes the whole line or throws, whereas writeSync may write only part of it.
    writeFileSync(descriptor, `${JSON.stringify(line)}\n`)
  } catch (error) {
    ftruncateSync(descriptor, size)
    throw error
  }
}

/** Returns once the names in a folder are on disk, so that a new or renamed file survives a power loss. */
export function flushFolder(folder: string): void {
  // Windows can neither open nor flush a folder.
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, constants.O_RDONLY)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function open(file: string, flags: number): number {
  try {
    return openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ELOOP') throw new Error(`${file} is a symbolic link; replace it with the file itself`)
    if (code === 'EISDIR' || code === 'ENXIO') throw notRegular(file)
    throw error
  }
}

function notRegular(file: string): Error {
  return new Error(`${file} is a directory, pipe or device; it must be a file that rekey wrote`)
}
