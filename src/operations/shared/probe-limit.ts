import { tooManyRequests } from '../../errors.ts'

/** Maximum number of probes of one application that this process runs at the same time. */
const maxPerApplication = 8
/**
 * Maximum number of probes that this process runs at the same time. No application can reach it alone: it takes four
 * applications, each at its own limit. A probe posts up to 12 messages, each with a socket for DNS or for the receiver,
 * so all probes together use up to 384 sockets.
 */
const maxInAll = 32

/**
 * Limits how many probes run at the same time, because each probe keeps sockets open until its receiver responds or the
 * time limit ends it.
 */
export class ProbeLimit {
  readonly #running = new Map<string, number>()
  #inAll = 0

  /** @throws RekeyError `tooManyRequests` if the application or the process has too many probes running */
  async run<T>(applicationId: string, probe: () => Promise<T>): Promise<T> {
    const before = this.#running.get(applicationId) ?? 0
    if (before >= maxPerApplication)
      throw tooManyRequests(
        `This application has reached its limit of ${maxPerApplication} probes at a time`,
        0,
      )
    if (this.#inAll >= maxInAll)
      throw tooManyRequests(`This server has reached its limit of ${maxInAll} probes at a time`, 0)
    this.#count(applicationId, 1)
    try {
      return await probe()
    } finally {
      this.#count(applicationId, -1)
    }
  }

  #count(applicationId: string, change: 1 | -1): void {
    const running = (this.#running.get(applicationId) ?? 0) + change
    if (running === 0) this.#running.delete(applicationId)
    else this.#running.set(applicationId, running)
    this.#inAll += change
  }
}
