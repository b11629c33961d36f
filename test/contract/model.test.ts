import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzzParameters, fuzzTimeoutMs, isWholeSearch } from '../support/fuzz.ts'
import { actions } from '../support/key-actions.ts'
import { KeyRun } from '../support/key-run.ts'
import { startServer, type Api } from '../support/server.ts'
import { token } from '../support/tokens.ts'

/** Rotation and verification outcomes that must occur when all cases run. */
const kinds = [
  ...['200', 'replayed', '404', '409', '412', '422'],
  ...['valid', 'wrong_signature', 'expired_key', 'revoked_key'],
]
const start = Date.parse('2026-01-01T00:00:00.500Z')

test(
  'after any sequence of actions, exactly the live keys sign, and only their signatures verify',
  { timeout: fuzzTimeoutMs },
  async () => {
    const clock = { now: start }
    const server = await startServer({ now: () => clock.now })
    const bearer = await token({ expiresIn: 10 * 365 * 86_400 })
    const tally = new Map<string, number>()
    let runs = 0

    await fc.assert(
      fc.asyncProperty(actions, async (sequence) => {
        clock.now = start
        const application = `/applications/run_${++runs}` as const
        await server.api('PUT', application, { token: bearer })
        const api: Api = (method, path, options) => server.api(method, path, { token: bearer, ...options })
        const run = new KeyRun(api, application, clock, tally)
        for (const hook of ['hook_1', 'hook_2'] as const) await run.do({ does: 'put', hook })
        for (const action of sequence) await run.do(action)
        await run.finish()
      }),
      fuzzParameters(80),
    )
    // A search that never reaches these outcomes proves nothing.
    if (isWholeSearch) expect([...tally.keys()]).toEqual(expect.arrayContaining(kinds))
  },
)
