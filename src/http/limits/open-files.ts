import { readFileSync } from 'node:fs'

/** Maximum number of open connections, to limit memory. A platform's senders and its proxy need far fewer. */
const maxConnections = 4_096
/** File descriptors for everything else: the database, key servers, probes and files. */
const reserve = 128

/**
 * Returns how many connections the server may keep open, so that descriptors remain for everything else. If the process
 * may open only a few files, a quarter of them may be connections.
 * @param openFiles the process's limit on open files
 */
export function connectionLimit(openFiles = maxOpenFiles()): number {
  return Math.min(maxConnections, Math.max(openFiles - reserve, Math.floor(openFiles / 4)))
}

/**
 * Returns the process's limit on open files, or Infinity if it is unknown, as on systems other than Linux. Node raises
 * the soft limit to the hard limit when it starts.
 */
function maxOpenFiles(): number {
  try {
    return Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity)
  } catch {
    return Infinity
  }
}
