import { expect, test } from 'vitest'
import { probePayload, verdictOn } from '../../src/domain/probe.ts'

test.each([
  ['accepted', 200, 201, 202, 204, 299],
  ['refused', 400, 401, 403, 404, 405, 407, 409, 410, 413, 422, 426, 499],
  ['inconclusive', 100, 101, 199, 300, 301, 302, 304, 307, 308, 399, 408, 425, 429, 500, 502, 503, 599, 999],
])('the verdict is "%s" for statuses such as %d', (verdict, ...statuses) => {
  expect(statuses.map((status) => verdictOn(Number(status)))).toEqual(statuses.map(() => verdict))
})

test('if a message gets no response, the verdict is the failure reason', () => {
  for (const failure of ['timed_out', 'no_answer', 'tls_failed', 'unresolved', 'url_refused'] as const) {
    expect(verdictOn(failure)).toBe(failure)
  }
})

test("a probe's payload has the event type rekey.probe and identifies the probed webhook and the message", () => {
  const owner = { applicationId: 'app_1', webhookId: 'hook_1' }
  expect(probePayload(owner, 'msg_1', 0).toString()).toBe(
    '{"type":"rekey.probe","timestamp":"1970-01-01T00:00:00.000Z","data":{"applicationId":"app_1","webhookId":"hook_1","messageId":"msg_1"}}',
  )
})
