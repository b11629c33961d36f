import { runProgram } from '../run-program.ts'
import type { Environment } from './config.ts'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a shell command for up to `limitMs` milliseconds. Discards its standard error, which may contain keys like its
 * output. A stop signal ends the command and this process.
 * @returns its standard output
 * @throws Error that says how the command failed, without quoting its output
 */
export async function runKeysCommand(
  command: string,
  environment: Environment,
  limitMs: number,
): Promise<Buffer> {
  const quit = () => process.exit(1)
  for (const signal of stopSignals) process.on(signal, quit)
  try {
    const { fault, output } = await runProgram('sh', ['-c', command], { environment, limitMs })
    if (fault === undefined) return output
    throw new Error(
      `the command ${fault}; run it yourself to see why, because Rekey does not log what the command prints`,
    )
  } finally {
    for (const signal of stopSignals) process.off(signal, quit)
  }
}
