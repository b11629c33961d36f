import { expect, vi } from 'vitest'
import type { TestServer } from './server.ts'

/** The log's lines of requests, once there are `count` of them: each is written after its answer. */
export async function requestLines({ logs }: TestServer, count = 1): Promise<Record<string, unknown>[]> {
  return vi.waitFor(() => {
    const lines = logs.filter(({ msg }) => msg === 'request')
    expect(lines.length).toBeGreaterThanOrEqual(count)
    return lines
  })
}
