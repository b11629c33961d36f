import { expect, test } from 'vitest'
import {
  FingerprintTaken,
  maxLiveKeys,
  planRevocation,
  planRotation,
  TooManyLiveKeys,
  type Rotation,
} from '../../src/domain/rotation.ts'
import { isLive, newKeyId, type SigningKey } from '../../src/domain/signing-key.ts'
import { fingerprint, generateSigningSecret } from '../../src/domain/signing-secret.ts'

const owner = { applicationId: 'app', webhookId: 'hook' }
const hour = 3_600_000

interface Options {
  overlapSeconds?: number
  now: number
  settled?: number
  short?: string
}

function rotate(keys: SigningKey[], { overlapSeconds = 3600, now, settled = now, short }: Options): Rotation {
  const made = fingerprint(generateSigningSecret())
  return planRotation(keys, {
    owner,
    keyId: newKeyId(now),
    fingerprint: { ...made, short: short ?? `whsec_****${String(keys.length).padStart(4, '0')}` },
    overlapSeconds,
    createdBy: 'ops',
    reason: 'leaked',
    now,
    settled,
  })
}

/** Returns all keys after a rotation, newest first. */
function apply(keys: SigningKey[], { issued, ended }: Rotation): SigningKey[] {
  return [issued, ...keys.map((key) => ended.find(({ id }) => id === key.id) ?? key)]
}

function errorOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

test('the first rotation issues a current key of generation 1 and changes no other key', () => {
  const { issued, ended } = rotate([], { now: 5 })
  expect(issued).toMatchObject({
    ...owner,
    generation: 1,
    createdAt: 5,
    createdBy: 'ops',
    reason: 'leaked',
    expiresAt: null,
    revokedAt: null,
    secretErased: false,
  })
  expect(ended).toEqual([])
})

test('the old key expires at the end of the overlap', () => {
  const first = rotate([], { now: 0 }).issued
  const { issued, ended } = rotate([first], { now: hour, overlapSeconds: 60 })
  expect(issued.generation).toBe(2)
  expect(ended).toEqual([{ ...first, expiresAt: hour + 60_000 }])
})

test.each([60, 604_800])(
  "a second rotation with an overlap of %d s does not change the first key's expiry",
  (overlapSeconds) => {
    const one = apply([], rotate([], { now: 0 }))
    const two = apply(one, rotate(one, { now: 0, overlapSeconds: 3600 }))
    const second = rotate(two, { now: 1000, overlapSeconds })
    expect(second.ended.map(({ id }) => id)).toEqual([two[0]?.id])
    expect(apply(two, second)[2]?.expiresAt).toBe(hour)
  },
)

test('an overlap of 0 revokes all older live keys, not only the most recent one', () => {
  let keys: SigningKey[] = []
  for (let i = 0; i < 5; i++) keys = apply(keys, rotate(keys, { now: i }))
  keys = apply(keys, rotate(keys, { now: 10, overlapSeconds: 0 }))
  expect(keys.filter((key) => isLive(key, 10)).map(({ generation }) => generation)).toEqual([6])
  for (const key of keys.slice(1)) {
    expect(key.revokedAt).toBe(10)
    expect(key.expiresAt).toBe(key.generation === 5 ? 10 : hour + key.generation)
  }
})

test('a rotation does not change inactive keys', () => {
  const one = apply([], rotate([], { now: 0 }))
  const two = apply(one, rotate(one, { now: 0, overlapSeconds: 1 }))
  const { ended } = rotate(two, { now: 1000, overlapSeconds: 0 })
  expect(ended.map(({ id }) => id)).toEqual([two[0]?.id])
})

test(`a webhook has at most ${maxLiveKeys} live keys, and the error says when the next key expires`, () => {
  let keys: SigningKey[] = []
  for (let i = 0; i < maxLiveKeys; i++) keys = apply(keys, rotate(keys, { now: i * 1000 }))
  expect(keys.filter((key) => isLive(key, 10_000))).toHaveLength(maxLiveKeys)
  const another = () => rotate(keys, { now: 10_000 })
  expect(another).toThrow(TooManyLiveKeys)
  expect(errorOf(another)).toMatchObject({
    nextEnd: hour + 1000,
    message:
      'this webhook has 10 live keys, which is the limit; the next one expires at 1970-01-01T01:00:01.000Z',
  })
  expect(rotate(keys, { now: 10_000, overlapSeconds: 0 }).ended).toHaveLength(maxLiveKeys)
  expect(rotate(keys, { now: hour + 1000 }).issued.generation).toBe(11)
})

test('rejects a new key with the fingerprint of a live key, and accepts the fingerprint once that key is inactive', () => {
  const one = apply([], rotate([], { now: 0, short: 'whsec_****aaaa' }))
  const again = () => rotate(one, { now: 1, short: 'whsec_****aaaa' })
  expect(again).toThrow(FingerprintTaken)
  expect(() => rotate(one, { now: 1, short: 'whsec_****aaaa', overlapSeconds: 0 })).toThrow(FingerprintTaken)
  const two = apply(one, rotate(one, { now: 1, short: 'whsec_****bbbb', overlapSeconds: 1 }))
  expect(() => rotate(two, { now: 1000, short: 'whsec_****aaaa' })).toThrow(FingerprintTaken)
  expect(rotate(two, { now: 1001, short: 'whsec_****aaaa' }).issued.fingerprint).toBe('whsec_****aaaa')
})

test('planRevocation revokes every live key except the current key', () => {
  let keys: SigningKey[] = []
  for (let i = 0; i < 3; i++) keys = apply(keys, rotate(keys, { now: i }))
  keys = apply(keys, rotate(keys, { now: 10, overlapSeconds: 1 }))
  const [current, third, second, first] = keys
  expect(planRevocation(keys, { now: 500, settled: 500 })).toEqual(
    [third, second, first].map((key) => ({ ...key, revokedAt: 500 })),
  )
  expect(planRevocation(keys, { now: 1010, settled: 1010 }).map(({ id }) => id)).toEqual([
    second?.id,
    first?.id,
  ])
  expect(planRevocation(keys, { now: hour + 2, settled: hour + 2 })).toEqual([])
  expect(current?.revokedAt).toBeNull()
})

test('a key that expired after the settled time counts as live, and is revoked with the other live keys', () => {
  let keys = apply([], rotate([], { now: 0 }))
  for (let i = 1; i < maxLiveKeys; i++) keys = apply(keys, rotate(keys, { now: i, overlapSeconds: 1 }))
  const later = { now: 5 * hour, settled: 500 }
  expect(() => rotate(keys, later)).toThrow(TooManyLiveKeys)
  expect(rotate(keys, { ...later, settled: later.now }).ended).toHaveLength(1)
  expect(rotate(keys, { ...later, overlapSeconds: 0 }).ended.map(({ revokedAt }) => revokedAt)).toEqual(
    Array(maxLiveKeys).fill(later.now),
  )
  expect(planRevocation(keys, later)).toHaveLength(maxLiveKeys - 1)
})

test('a rotation replaces a key whose secret was erased, but does not count it as live or reserve its fingerprint', () => {
  let keys: SigningKey[] = []
  for (let i = 0; i < maxLiveKeys; i++) keys = apply(keys, rotate(keys, { now: i }))
  const [current, ...previous] = keys.map((key) => ({ ...key, secretErased: true }))
  if (!current) throw new Error('there is no current key')
  const { issued, ended } = rotate([current, ...previous], { now: 10, short: current.fingerprint })
  expect(issued.generation).toBe(maxLiveKeys + 1)
  expect(ended).toEqual([{ ...current, expiresAt: hour + 10 }])
})

test('an expired key whose secret was erased stays expired, even if it expired after the settled time', () => {
  const one = apply([], rotate([], { now: 0 }))
  const [current, previous] = apply(one, rotate(one, { now: 1, overlapSeconds: 1 }))
  if (!current || !previous) throw new Error('there are not two keys')
  const keys = [current, { ...previous, secretErased: true }]
  const later = { now: hour, settled: 500 }
  expect(planRevocation(keys, later)).toEqual([])
  expect(rotate(keys, { ...later, overlapSeconds: 0 }).ended.map(({ id }) => id)).toEqual([current.id])
})
