import { expect, vi } from 'vitest'
import type { TestServer } from './server.ts'

/**
 * Waits for at least `count` request lines in the log, because the server logs a request only after responding to it.
 */
export async function requestLines({ logs }: TestServer, count = 1): Promise<Record<string, unknown>[]> {
  return vi.waitFor(() => {
    const lines = logs.filter(({ msg }) => msg === 'request')
    expect(lines.length).toBeGreaterThanOrEqual(count)
    return lines
  })
}
