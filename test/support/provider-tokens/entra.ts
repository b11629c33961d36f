import type { Provider } from './provider.ts'

const tenant = '7c5f0000-0000-4000-8000-00000000aaaa'
const issued = {
  aud: '3f1e0000-0000-4000-8000-00000000bbbb',
  iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
  aio: 'AXQAi/8TAAAA6hkjyBDqzRbTx2Vw9P3N7Y1s0m5cVfJ2b8e4Kq',
  azpacr: '1',
  rh: '1.AXkAf0iR3mZ4u0mVb8Yh5m6rWnXk0bW7',
  tid: tenant,
  uti: 'bO3kK1v8tUuWqFzX9l8cAA',
  ver: '2.0',
  xms_ftd: 'q0f8vN3w9ZrY7pKx',
}
const person = {
  ...issued,
  azp: '5a1c0000-0000-4000-8000-00000000cccc',
  name: 'Ada Baker',
  oid: 'b1d20000-0000-4000-8000-00000000dddd',
  preferred_username: 'ada@parcely.example',
  sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
}

/** Object IDs of 200 security groups, the most that Entra puts into a token. */
const groups = Array.from({ length: 200 }, (_, i) => `9d2b0000-0000-4000-8000-${String(i).padStart(12, '0')}`)

/** Claims in Microsoft's "Access token claims reference", version 2.0. */
export const entra: Provider = {
  section: 'Microsoft Entra ID',
  tokens: [
    {
      to: 'a person',
      claims: { ...person, scp: 'secrets:read secrets:rotate', roles: ['parcely'] },
      rights: ['read parcely', 'rotate parcely'],
      actor: 'ada@parcely.example (AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ)',
    },
    {
      to: 'an application',
      claims: {
        ...issued,
        azp: '1e0b0000-0000-4000-8000-00000000eeee',
        idtyp: 'app',
        oid: '2f7d0000-0000-4000-8000-00000000ffff',
        roles: ['messages:sign', 'parcely', 'bakery'],
        sub: '2f7d0000-0000-4000-8000-00000000ffff',
      },
      rights: ['sign parcely', 'sign bakery'],
    },
    {
      to: 'a person in 200 groups, one of which has a grant',
      claims: { ...person, scp: 'access_as_user', groups },
      rights: ['read parcely', 'read bakery'],
    },
    {
      to: 'a person in so many groups that Entra leaves them out',
      claims: {
        ...person,
        scp: 'access_as_user',
        _claim_names: { groups: 'src1' },
        _claim_sources: {
          src1: {
            endpoint: `https://graph.microsoft.com/v1.0/users/${person.oid}/getMemberObjects`,
          },
        },
      },
      rights: [],
    },
  ],
}
