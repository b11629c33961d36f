import { closeSync, constants, fsyncSync, ftruncateSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { checkAccess, flushFolder, openOwnFile } from '../shared/own-file.ts'

const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants

/**
 * Creates the JSON Lines file of a run with mode 600, and writes its first line.
 * @param what names the file in an error, as in `secrets`
 * @returns a descriptor
 * @throws Error if the file already exists or cannot be written
 */
export function createRunFile(file: string, what: string, firstLine: object): number {
  let descriptor: number
  try {
    descriptor = openOwnFile(file, O_RDWR | O_APPEND | O_CREAT | O_EXCL)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const message = `cannot create the ${what} file: ${error.message}; choose another with --output`
    throw new Error(message, { cause: error })
  }
  writeFileSync(descriptor, `${JSON.stringify(firstLine)}\n`)
  fsyncSync(descriptor)
  // Without this, a power loss could remove the file from its folder, although its content is on disk.
  flushFolder(dirname(file))
  return descriptor
}

/**
 * Opens the file of an interrupted run. Removes the incomplete line that a killed run can leave at its end.
 * @param read reads the complete lines, and the beginning of the incomplete one
 * @throws Error if the file is missing, is accessible to other users, or belongs to another user; any error from `read`
 */
export function resumeRunFile<T>(
  file: string,
  read: (descriptor: number, lines: string[], incomplete: string) => T,
): T {
  const descriptor = openOwnFile(file, O_RDWR | O_APPEND)
  try {
    checkAccess(descriptor, file)
    const text = readFileSync(descriptor, 'utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    const lines = whole.split('\n').filter((line) => line !== '')
    const result = read(descriptor, lines, text.slice(whole.length))
    ftruncateSync(descriptor, Buffer.byteLength(whole))
    return result
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}
