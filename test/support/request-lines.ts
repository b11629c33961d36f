import { expect, vi } from 'vitest'
import type { TestServer } from './server.ts'

/** The log's request lines, once there are `count` of them. Each is written after its response. */
export async function requestLines({ logs }: TestServer, count = 1): Promise<Record<string, unknown>[]> {
  return vi.waitFor(() => {
    const lines = logs.filter(({ msg }) => msg === 'request')
    expect(lines.length).toBeGreaterThanOrEqual(count)
    return lines
  })
}
