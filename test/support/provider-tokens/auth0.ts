import type { Provider } from './provider.ts'

const issued = { iss: 'https://parcely.eu.auth0.com/' }

/** Claims of an access token in Auth0's documentation (Access Tokens; RBAC for APIs; Create Custom Claims). */
export const auth0: Provider = {
  section: 'Auth0',
  tokens: [
    {
      to: 'a person',
      claims: {
        ...issued,
        'https://parcely.example/applications': ['parcely'],
        sub: 'auth0|5dbc8ddb33c5e20d81912e99',
        aud: ['https://rekey.parcely.example', 'https://parcely.eu.auth0.com/userinfo'],
        azp: 'PyNVW4rk2eBKt10tnD3J8APuVfUZ4nO3',
        scope: 'openid profile email',
        permissions: ['secrets:read', 'secrets:rotate'],
      },
      rights: ['read parcely', 'rotate parcely'],
    },
    {
      to: 'a machine-to-machine application',
      claims: {
        ...issued,
        'https://parcely.example/applications': ['*'],
        sub: 'my0sender0client0id00000000000000@clients',
        aud: 'https://rekey.parcely.example',
        azp: 'my0sender0client0id00000000000000',
        scope: 'messages:sign',
        gty: 'client-credentials',
        permissions: ['messages:sign'],
      },
      rights: ['sign parcely', 'sign bakery'],
    },
    {
      to: 'a person who asked for a scope without having the permission',
      claims: {
        ...issued,
        'https://parcely.example/applications': ['parcely'],
        sub: 'google-oauth2|103547991597142817347',
        aud: ['https://rekey.parcely.example', 'https://parcely.eu.auth0.com/userinfo'],
        azp: 'PyNVW4rk2eBKt10tnD3J8APuVfUZ4nO3',
        scope: 'openid secrets:rotate',
        permissions: [],
      },
      rights: [],
    },
  ],
}
