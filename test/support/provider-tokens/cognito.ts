import type { Provider } from './provider.ts'

const issued = {
  iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Parcely00',
  token_use: 'access',
  auth_time: 1_700_000_000,
  version: 2,
  jti: 'c0ffee00-1111-4222-8333-444455556666',
}

/**
 * Claims in "Understanding the access token" of the Amazon Cognito Developer Guide. The tokens have no `aud`.
 */
export const cognito: Provider = {
  section: 'Amazon Cognito',
  tokens: [
    {
      to: 'a person',
      claims: {
        ...issued,
        sub: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
        'cognito:groups': ['parcely'],
        client_id: '1console000000000000000000',
        origin_jti: 'dddddddd-1111-4222-8333-444455556666',
        event_id: 'eeeeeeee-1111-4222-8333-444455556666',
        scope: 'openid rekey/secrets:read rekey/secrets:rotate',
        username: 'ada',
      },
      rights: ['read parcely', 'rotate parcely'],
      actor: 'ada (aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee)',
    },
    {
      to: 'an app client',
      claims: {
        ...issued,
        sub: '4sender0000000000000000000',
        scope: 'rekey/messages:sign',
        client_id: '4sender0000000000000000000',
      },
      rights: ['sign parcely', 'sign bakery'],
    },
    {
      to: 'a person with scopes of another resource server',
      claims: {
        ...issued,
        sub: 'aaaaaaaa-bbbb-4ccc-8ddd-ffffffffffff',
        'cognito:groups': ['parcely'],
        client_id: '1console000000000000000000',
        scope: 'openid secrets:rotate shop/secrets:read shop/rekey/messages:sign',
        username: 'mallory',
      },
      rights: [],
    },
    {
      to: 'a person, as an ID token',
      claims: {
        iss: issued.iss,
        token_use: 'id',
        sub: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
        aud: '4sender0000000000000000000',
        'cognito:groups': ['parcely'],
        'cognito:username': 'ada',
        email: 'ada@parcely.example',
      },
      rights: [],
    },
    {
      to: 'another app client of the user pool',
      claims: { ...issued, sub: '7other', scope: 'shop/orders:read', client_id: '7other' },
      rights: [],
    },
  ],
}
