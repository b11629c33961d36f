import { isUtf8 } from 'node:buffer'

/** Maximum size of a value that comes from a file or a command, in bytes. */
export const maxValueBytes = 65_536

/** Completes the fault of a variable whose value `trim()` would change. */
export const surplusSpace = 'begins or ends with whitespace, such as a line break; remove it'

/**
 * Decodes a variable's value. Removes one line break at the end, which editors and `echo` add.
 * @param content what contains the value, for the error: the file or the output
 * @throws Error that says what is wrong, without quoting the value
 */
export function toValue(variable: string, content: string, bytes: Buffer): string {
  const fault = (what: string) =>
    new Error(`${content} ${what}; it must contain the value of ${variable} alone, in UTF-8`)
  if (bytes.length > maxValueBytes) throw fault(`has more than ${maxValueBytes} bytes`)
  if (!isUtf8(bytes)) throw fault('is not UTF-8')
  const text = bytes.toString().replace(/\r?\n$/, '')
  if (text === '') throw fault('is empty')
  // A line of an environment file, such as one that `rekey keygen` prints, is also a valid but wrong REKEY_JWT_SECRET.
  if (new RegExp(`^(export +)?${variable}=`, 'm').test(text)) throw fault(`contains ${variable}=`)
  return text
}
