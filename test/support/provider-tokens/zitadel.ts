import type { Provider } from './provider.ts'

const project = '344374183645413380'
const organization = { '344373908297744388': 'parcely.zitadel.cloud' }
const issued = {
  iss: 'https://parcely.zitadel.cloud',
  aud: ['345377791925092354', project],
  jti: 'V2_345377791925157890-at_345377791925223426',
}

/** Roles as Zitadel writes them: the keys of an object, under both a claim with the project's ID and one without it. */
function roles(...keys: string[]): object {
  const byKey = Object.fromEntries(keys.map((key) => [key, organization]))
  return {
    'urn:zitadel:iam:org:project:roles': byKey,
    [`urn:zitadel:iam:org:project:${project}:roles`]: byKey,
  }
}

/** Claims in "Claims in ZITADEL" and "Retrieve user roles" of Zitadel's documentation, for JWT access tokens. */
export const zitadel: Provider = {
  section: 'Zitadel',
  tokens: [
    {
      to: 'a person',
      claims: {
        ...issued,
        sub: '345377791925026818',
        client_id: '345377791925092354',
        ...roles('secrets:read', 'secrets:rotate', 'parcely'),
      },
      rights: ['read parcely', 'rotate parcely'],
    },
    {
      to: 'a service user',
      claims: {
        ...issued,
        sub: '345377791925288962',
        client_id: 'sender',
        ...roles('messages:sign', 'parcely', 'bakery'),
      },
      rights: ['sign parcely', 'sign bakery'],
    },
    {
      to: 'a person with roles in another project',
      claims: {
        ...issued,
        sub: '345377791925354498',
        client_id: '345377791925092354',
        'urn:zitadel:iam:org:project:roles': { 'secrets:rotate': organization, parcely: organization },
        'urn:zitadel:iam:org:project:355555555555555555:roles': {
          'secrets:rotate': organization,
          parcely: organization,
        },
      },
      rights: [],
    },
  ],
}
