import { expect, test } from 'vitest'
import { chain, type AuditEvent, type EventKey, type Happening } from '../../src/domain/audit.ts'
import { maxLiveKeys, type KnownKey } from '../../src/domain/signing-key.ts'
import { keyFault, liveAfter, liveAt, liveKeysFault, tellKeys } from '../../src/domain/told-keys.ts'

const owner = { applicationId: 'app', webhookId: 'hook' }

function key(id: string, ends: Partial<KnownKey> = {}): KnownKey {
  return { id, fingerprint: `whsec_****${id}`, createdAt: 0, expiresAt: null, revokedAt: null, ...ends }
}

function happening(
  type: Happening['type'],
  at: number,
  issued: EventKey | null,
  ended: EventKey[],
): Happening {
  return { type, at, actor: 'ops', requestId: null, reason: null, key: issued, endedKeys: ended }
}

const rotated = (at: number, issued: EventKey, ...ended: EventKey[]) =>
  happening('secret.rotated', at, issued, ended)
const revoked = (at: number, ...ended: EventKey[]) => happening('secret.previous_revoked', at, null, ended)

function trail(...happenings: Happening[]): AuditEvent[] {
  const events: ReturnType<typeof chain>[] = []
  for (const happened of happenings) events.push(chain(owner, happened, events.at(-1)))
  return events
}

test('after a rotation the new key is live, behind those that have their overlap', () => {
  const one = liveAfter([], rotated(5, key('1')))
  expect(one).toEqual([key('1', { createdAt: 5 })])
  const two = liveAfter(one, rotated(7, key('2'), key('1', { expiresAt: 60 })))
  expect(two).toEqual([key('1', { createdAt: 5, expiresAt: 60 }), key('2', { createdAt: 7 })])
})

test('a key that is revoked is live no more, whatever its overlap was', () => {
  const before = [key('1', { expiresAt: 60 }), key('2', { expiresAt: 70 }), key('3')]
  const ended = [key('1', { expiresAt: 60, revokedAt: 9 })]
  expect(liveAfter(before, revoked(9, ...ended)).map(({ id }) => id)).toEqual(['2', '3'])
})

test('what changes no key leaves the live keys as they are, and the end of the webhook leaves none', () => {
  const before = [key('1', { expiresAt: 60 }), key('2')]
  expect(liveAfter(before, happening('receiver.probed', 9, key('2'), []))).toEqual(before)
  expect(liveAfter(before, happening('webhook.updated', 9, null, []))).toEqual(before)
  expect(liveAfter(before, happening('webhook.deleted', 9, null, []))).toEqual([])
})

test('a key that has expired by the clock of one instance is still told to one whose clock is an hour behind, and no longer', () => {
  const before = [key('1', { expiresAt: 60 }), key('2')]
  const rotatedAt = (at: number) => liveAfter(before, rotated(at, key('3'), key('2', { expiresAt: at + 60 })))
  const after = rotatedAt(3_600_059)
  expect(after.map(({ id }) => id)).toEqual(['1', '2', '3'])
  expect(liveAt(after, 59).map(({ id }) => id)).toEqual(['3', '2', '1'])
  expect(liveAt(after, 60).map(({ id }) => id)).toEqual(['3', '2'])
  expect(rotatedAt(3_600_060).map(({ id }) => id)).toEqual(['2', '3'])
})

test('no event but a rotation takes a key from those that are listed, however wrong the clock of its instance is', () => {
  const before = [key('1', { expiresAt: 60 }), key('2')]
  const far = 1e12
  expect(liveAfter(before, happening('receiver.probed', far, key('2'), []))).toEqual(before)
  expect(liveAfter(before, revoked(far, key('0', { revokedAt: far })))).toEqual(before)
})

test('twice as many keys are listed as may be live, so that an instance whose clock is ahead takes none; of more, those that ended first go', () => {
  const before = Array.from({ length: 2 * maxLiveKeys }, (_, i) => key(`${i}`, { expiresAt: 100 - i }))
  expect(liveAfter(before.slice(1), rotated(1000, key('new')))).toHaveLength(2 * maxLiveKeys)
  const after = liveAfter(before, rotated(1000, key('new')))
  expect(after.map(({ id }) => id)).toEqual([...before.slice(0, -1).map(({ id }) => id), 'new'])
})

test('however often a webhook is rotated with a short overlap, the list stays short', () => {
  let live: KnownKey[] = []
  for (let i = 0; i < 100; i++) {
    const current = live.at(-1)
    const at = i * 1000
    live = liveAfter(
      live,
      rotated(at, key(`${i}`), ...(current ? [{ ...current, expiresAt: at + 500 }] : [])),
    )
  }
  expect(live).toHaveLength(2 * maxLiveKeys)
  expect(liveAt(live, 99_000).map(({ id }) => id)).toEqual(['99', '98'])
})

test('the last events tell the end of each key that they end, and of those that were live before them', () => {
  const events = trail(
    rotated(1, key('1')),
    rotated(2, key('2'), key('1', { expiresAt: 60 })),
    rotated(3, key('3'), key('2', { expiresAt: 70 })),
    revoked(4, key('1', { expiresAt: 60, revokedAt: 4 })),
  )
  const ends = (keys: EventKey[]) =>
    keys.map(({ id, expiresAt, revokedAt }) => [id, expiresAt, revokedAt]).sort()
  const all = [
    ['1', 60, 4],
    ['2', 70, null],
    ['3', null, null],
  ]
  expect(ends(tellKeys(events))).toEqual(all)
  expect(ends(tellKeys(events.slice(2)))).toEqual(all)
  expect(ends(tellKeys(events.slice(3)))).toEqual(all)
})

test('a webhook that was deleted and made again has none of the keys of before', () => {
  const events = trail(
    rotated(1, key('1')),
    happening('webhook.deleted', 2, null, []),
    happening('webhook.created', 3, null, []),
    rotated(4, key('2')),
  )
  expect(tellKeys(events).map(({ id }) => id)).toEqual(['2'])
  expect(events.at(-1)?.liveKeys?.map(({ id }) => id)).toEqual(['2'])
})

test('live keys that an event tells otherwise are a fault, but for those that have expired by then', () => {
  const [, second] = trail(rotated(1, key('1')), rotated(100, key('2'), key('1', { expiresAt: 160 })))
  if (!second) throw new Error('there are two events')
  const expected = second.liveKeys ?? []
  const faultOf = (liveKeys: KnownKey[] | null, before: AuditEvent | undefined = second) =>
    liveKeysFault({ ...second, liveKeys }, before, expected)
  const fault = 'its live keys are not what the events tell'
  expect(faultOf(expected)).toBeNull()
  expect(faultOf([key('0', { expiresAt: 99 }), ...expected])).toBeNull()
  expect(faultOf([key('0', { expiresAt: 101 }), ...expected])).toBe(fault)
  expect(faultOf(expected.slice(1))).toBe(fault)
  expect(faultOf(expected.map((live) => ({ ...live, expiresAt: live.expiresAt && 161 })))).toBe(fault)
  expect(faultOf([])).toBe(fault)
  expect(faultOf(null)).toBe(fault)
  // As a trail begins that was written before events told them.
  expect(faultOf(null, { ...second, liveKeys: null })).toBeNull()
})

test('a key that is not as the event tells that issued it is a fault', () => {
  const [event] = trail(rotated(1, key('1')))
  if (!event) throw new Error('there is an event')
  const stored = {
    ...{ ...owner, id: '1', sequence: 1, fingerprint: 'whsec_****1', sha256: '', createdAt: 1 },
    ...{ createdBy: 'ops', reason: null },
  }
  expect(keyFault(stored, event)).toBeNull()
  for (const change of [{ fingerprint: 'x' }, { createdAt: 2 }, { createdBy: null }, { reason: 'x' }])
    expect(keyFault({ ...stored, ...change }, event)).toBe('it is not what its event tells')
  expect(keyFault({ ...stored, id: '2' }, event)).toBe('no event tells of it')
  expect(keyFault(stored, null)).toBe('no event tells of it')
  expect(keyFault(stored, { ...event, type: 'receiver.probed' })).toBe('no event tells of it')
})
