import type { components } from '../../generated/types.ts'
import type { Operation, TokenContent } from './shared/operation.ts'
import { toTime } from './shared/representations.ts'

/** The first time that RFC 3339 cannot represent: the year 10000. Milliseconds since 1970. */
const afterLastTime = 253_402_300_800_000

export const getToken: Operation<'getToken'> = (_, { caller: { subject, token } }) => {
  if (!token) throw new Error('authorization accepted a caller without a token')
  const { expiresAt, rights } = token
  return Promise.resolve({
    status: 200,
    body: {
      subject,
      expiresAt: expiresAt < afterLastTime ? toTime(expiresAt) : null,
      rights: toRights(rights),
    },
  })
}

/** Groups the scopes by the applications for which the token grants them. */
function toRights(rights: TokenContent['rights']): components['schemas']['Right'][] {
  const sorted = [...rights].sort(([a], [b]) => (a < b ? -1 : 1))
  const groups = Map.groupBy(sorted, ([, ids]) => JSON.stringify(ids === '*' ? ['*'] : [...ids].sort()))
  return [...groups].map(([ids, members]) => ({
    scopes: members.map(([scope]) => scope),
    applications: JSON.parse(ids) as string[],
  }))
}
