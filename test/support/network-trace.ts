import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

interface NetworkTrace {
  /** Runs the program in its arguments, in the same process. */
  wrapper: string[]
  /** Returns the system calls that opened a connection or named an address, once the process has exited. */
  calls: (pid: number) => Promise<string[]>
}

/**
 * Traces a process and its threads with strace. Finds connections and datagrams, including DNS queries, which go to
 * an IP address or to the Unix socket of a local resolver.
 */
export function traceNetwork(file: string): NetworkTrace {
  return {
    // -D: the tracer is the child, and the program keeps the process ID.
    wrapper: [
      'strace',
      '-D',
      '-f',
      '-q',
      '-e',
      'signal=none',
      '-e',
      'trace=connect,sendto,sendmsg,sendmmsg',
      '-o',
      file,
    ],
    async calls(pid) {
      const read = () => readFileSync(file, 'utf8')
      await expect.poll(read, { timeout: 10_000 }).toMatch(new RegExp(`^${pid} +\\+\\+\\+ exited`, 'm'))
      return read()
        .split('\n')
        .filter((line) => /sa_family=AF_(INET6?|UNIX)/.test(line))
    },
  }
}
