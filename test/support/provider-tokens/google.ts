import type { Provider } from './provider.ts'

const issued = {
  aud: 'https://rekey.parcely.example',
  azp: '112233445566778899000',
  email: 'sender@parcely.iam.gserviceaccount.com',
  email_verified: true,
  iss: 'https://accounts.google.com',
  sub: '112233445566778899000',
}

/** Claims in "Token types" (service account ID tokens) and "Verify instance identity" of Google Cloud's documentation. */
export const google: Provider = {
  section: 'Google service accounts',
  tokens: [
    {
      to: 'a service account',
      claims: issued,
      rights: ['sign parcely', 'sign bakery'],
    },
    {
      to: 'a service account on a virtual machine',
      claims: {
        ...issued,
        google: {
          compute_engine: {
            instance_creation_timestamp: 1_700_000_000,
            instance_id: '152986662232938449',
            instance_name: 'sender-1',
            project_id: 'parcely',
            project_number: 739_419_398_126,
            zone: 'europe-west1-b',
          },
        },
      },
      rights: ['sign parcely', 'sign bakery'],
    },
    {
      to: 'a new service account that got the email address of a deleted one',
      claims: { ...issued, azp: '100000000000000000001', sub: '100000000000000000001' },
      rights: [],
    },
  ],
}
