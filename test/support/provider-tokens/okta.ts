import type { Provider } from './provider.ts'

const issued = {
  ver: 1,
  jti: 'AT.MNAoEQ_jbKqoinrQo1D0XKjMX28U5d7ZszBceot7-Ts',
  iss: 'https://parcely.okta.com/oauth2/default',
  aud: 'api://rekey',
}

/** Claims of an access token in Okta's OpenID Connect & OAuth 2.0 reference, for a custom authorization server. */
export const okta: Provider = {
  section: 'Okta',
  tokens: [
    {
      to: 'a service application',
      claims: {
        ...issued,
        cid: '0oa1sender00000000a7',
        scp: ['messages:sign'],
        sub: '0oa1sender00000000a7',
      },
      rights: ['sign parcely', 'sign bakery'],
    },
    {
      to: 'a person',
      claims: {
        ...issued,
        cid: '0oa1console0000000a7',
        uid: '00u1adabaker000000a7',
        scp: ['openid', 'profile', 'secrets:rotate'],
        auth_time: 1_700_000_000,
        sub: 'ada@parcely.example',
      },
      rights: ['read parcely', 'rotate parcely'],
    },
    {
      to: 'a person whom the access policy gave no scope of Rekey',
      claims: {
        ...issued,
        cid: '0oa1console0000000a7',
        uid: '00u1malloryx000000a7',
        scp: ['openid', 'profile'],
        auth_time: 1_700_000_000,
        sub: 'mallory@parcely.example',
      },
      rights: [],
    },
    {
      to: 'another service application with the same scope',
      claims: {
        ...issued,
        cid: '0oa1other000000000a7',
        scp: ['messages:sign'],
        sub: '0oa1other000000000a7',
      },
      rights: [],
    },
  ],
}
