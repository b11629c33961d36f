import { expect, vi } from 'vitest'
import type { TestServer } from './server.ts'

/** Returns the log's request lines, once there are at least `count`. The server logs a request after responding. */
export async function requestLines({ logs }: TestServer, count = 1): Promise<Record<string, unknown>[]> {
  return vi.waitFor(() => {
    const lines = logs.filter(({ msg }) => msg === 'request')
    expect(lines.length).toBeGreaterThanOrEqual(count)
    return lines
  })
}
