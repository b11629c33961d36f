/**
 * Runs `work` with a signal that aborts on the first SIGINT or SIGTERM, so that the command can finish what it has begun
 * and say how to continue. A second signal ends the process.
 */
export async function untilInterrupted<T>(work: (interrupted: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = () => {
    process.stderr.write('\nstopping; press Ctrl-C again to stop immediately\n')
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, stop)
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}
