import type { Provider } from './provider.ts'

const issued = {
  iss: 'https://id.parcely.example/realms/parcely',
  typ: 'Bearer',
  acr: '1',
  'allowed-origins': ['https://console.parcely.example'],
  jti: 'trrtcc:5f0f6a5e-6c4b-4a54-9f0c-0d5fb1a3e8c1',
}

/** Claims of an access token in Keycloak's Server Administration Guide, with the default mappers of version 26. */
export const keycloak: Provider = {
  section: 'Keycloak',
  tokens: [
    {
      to: 'a person',
      claims: {
        ...issued,
        aud: ['rekey', 'account'],
        sub: '36fa0f91-f94d-4a0c-afed-6b7d952e47da',
        azp: 'console',
        sid: '2a88c258-f73a-4103-b862-e1fbd8f4e04e',
        realm_access: {
          roles: [
            'default-roles-parcely',
            'offline_access',
            'uma_authorization',
            'secrets:read',
            'secrets:rotate',
          ],
        },
        resource_access: {
          rekey: { roles: ['parcely'] },
          account: { roles: ['manage-account', 'manage-account-links', 'view-profile'] },
        },
        scope: 'openid email profile',
        email_verified: true,
        name: 'Ada Baker',
        preferred_username: 'ada',
        given_name: 'Ada',
        family_name: 'Baker',
        email: 'ada@parcely.example',
      },
      rights: ['read parcely', 'rotate parcely'],
      actor: 'ada (36fa0f91-f94d-4a0c-afed-6b7d952e47da)',
    },
    {
      to: "a client's service account",
      claims: {
        ...issued,
        aud: ['rekey', 'account'],
        sub: 'e3a0b1a7-52a3-4a0b-8f39-7a4c2a2d6f10',
        azp: 'sender',
        realm_access: { roles: ['default-roles-parcely', 'offline_access', 'messages:sign'] },
        resource_access: { rekey: { roles: ['parcely', 'bakery'] } },
        scope: 'email profile',
        email_verified: false,
        clientHost: '203.0.113.7',
        preferred_username: 'service-account-sender',
        clientAddress: '203.0.113.7',
        client_id: 'sender',
      },
      rights: ['sign parcely', 'sign bakery'],
    },
    {
      to: 'a person whose scopes are roles of another client',
      claims: {
        ...issued,
        aud: ['rekey', 'account'],
        sub: '8d2c4b7e-0f5a-4a57-a5c2-3e9f1f7f5a11',
        azp: 'console',
        realm_access: { roles: ['default-roles-parcely'] },
        resource_access: { rekey: { roles: ['parcely'] }, shop: { roles: ['secrets:rotate'] } },
        scope: 'openid secrets:rotate',
        preferred_username: 'mallory',
      },
      rights: [],
    },
  ],
}
