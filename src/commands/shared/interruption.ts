/**
 * Runs `work` with a signal that aborts on the first SIGINT or SIGTERM, so that the command can finish what it has begun
 * and say how to continue. A second signal ends the process.
 */
export async function untilInterrupted<T>(work: (interrupted: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = () => {
    // Exits instead of dying of the signal, so that programs which the command has started end too.
    if (controller.signal.aborted) process.exit(1)
    process.stderr.write('\nstopping; press Ctrl-C again to stop immediately\n')
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, stop)
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}
