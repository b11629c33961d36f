import type { Logger } from 'pino'
import { Counter, type Registry } from 'prom-client'
import type { Core } from '../core/core.ts'
import { deadline } from './deadline.ts'

/** What the metric is made of, and where it goes. */
export interface FeedbackMetricOptions {
  core: Core
  registry: Registry
  /** How long a scrape waits for the database; after that it tells what was last read. */
  timeoutMs: number
  logger: Logger
}

/**
 * Adds the answers to "Was this page helpful?" to the metrics. They are read from the database at each scrape,
 * so that they outlive the process, and every instance tells the same.
 */
export function feedbackMetric({ core, registry, timeoutMs, logger }: FeedbackMetricOptions): void {
  new Counter({
    name: 'rekey_page_feedback_total',
    help: 'Answers to "Was this page helpful?" on the reference page, by operation and answer',
    labelNames: ['operationId', 'helpful'],
    registers: [registry],
    async collect() {
      try {
        const rows = await deadline(timeoutMs, (signal) => core.listFeedback(signal))
        this.reset()
        for (const { operation_id, helpful, answers } of rows)
          this.inc({ operationId: operation_id, helpful }, answers)
      } catch (error) {
        logger.warn({ error }, 'page feedback not read')
      }
    },
  })
}
