import fc from 'fast-check'

/** The webhooks that a sequence of actions uses. Actions on one webhook must not affect the other. */
export const hooks = ['hook_1', 'hook_2'] as const

export type Hook = (typeof hooks)[number]

/** Which ETag `If-Match` contains, resolved when the request is sent. */
export type Tag = 'current' | 'older' | 'any' | 'weak' | 'unknown' | 'list'

export type Action =
  | { does: 'put' | 'delete'; hook: Hook }
  /** Rotates until the webhook has the maximum number of live keys, and then once more, which must fail. */
  | { does: 'fill'; hook: Hook }
  /** Retries the last rotation with an Idempotency-Key, at least `milliseconds` after the rotation. */
  | { does: 'retry'; hook: Hook; withOtherBody: boolean; milliseconds: number }
  | {
      does: 'rotate'
      hook: Hook
      overlapSeconds: number | undefined
      reason: string | undefined
      /** Index in `existing` (key-run.ts) of the secret to import. If undefined, the server generates a secret. */
      imports: number | undefined
      ifMatch: Tag | undefined
      idempotencyKey: string | undefined
    }
  | { does: 'revoke'; hook: Hook; ifMatch: Tag | undefined }
  /** Verifies a message signed with live or inactive keys. */
  | { does: 'verify'; hook: Hook; keys: number[] }
  | { does: 'wait'; milliseconds: number }
  /** Waits until `offset` milliseconds after a key expires, or before it expires if `offset` is negative. */
  | { does: 'waitForEnd'; hook: Hook; key: number; offset: number }

const minute = 60_000
const day = 86_400_000

const hook = fc.constantFrom(...hooks)
const key = fc.nat({ max: 15 })
const ifMatch = fc.oneof(
  { weight: 8, arbitrary: fc.constant('current' as const) },
  { weight: 5, arbitrary: fc.constantFrom<Tag[]>('older', 'any', 'weak', 'unknown', 'list') },
)

const rotate = fc.record({
  does: fc.constant('rotate' as const),
  hook,
  overlapSeconds: sometimes(
    fc.oneof(fc.constantFrom(0, 1, 60, 86_400, 604_800), fc.integer({ min: 0, max: 604_800 })),
  ),
  reason: sometimes(fc.constantFrom('leaked', 'by the calendar')),
  imports: sometimes(fc.nat({ max: 2 })),
  ifMatch: sometimes(ifMatch),
  idempotencyKey: sometimes(fc.constantFrom('a', 'b')),
})

const retry = fc.record({
  does: fc.constant('retry' as const),
  hook,
  withOtherBody: fc.oneof(
    { weight: 3, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  milliseconds: fc.constantFrom(0, 10 * minute - 1, 10 * minute),
})

const verify = fc.record({
  does: fc.constant('verify' as const),
  hook,
  keys: fc.array(key, { minLength: 1, maxLength: 2 }),
})

const revoke = fc.record({ does: fc.constant('revoke' as const), hook, ifMatch: sometimes(ifMatch) })

const wait = fc.record({
  does: fc.constant('wait' as const),
  milliseconds: fc.oneof(
    fc.constantFrom(1, minute, 10 * minute - 1, 10 * minute, day),
    fc.integer({ min: 0, max: 120 * minute }),
  ),
})

const waitForEnd = fc.record({
  does: fc.constant('waitForEnd' as const),
  hook,
  key,
  offset: fc.constantFrom(-1, 0, day - 1, day),
})

function sometimes<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

function just<Does extends string>(does: Does) {
  return fc.record({ does: fc.constant(does), hook })
}

/** Generates sequences of all kinds of actions, with time passing in between. */
export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: rotate },
    { weight: 3, arbitrary: retry },
    { weight: 2, arbitrary: revoke },
    { weight: 6, arbitrary: verify },
    { weight: 2, arbitrary: wait },
    { weight: 2, arbitrary: waitForEnd },
    { weight: 2, arbitrary: just('put') },
    { weight: 1, arbitrary: just('delete') },
    { weight: 1, arbitrary: just('fill') },
  ),
  { minLength: 1, maxLength: 30, size: 'max' },
)
