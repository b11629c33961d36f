import type { Provider } from './provider.ts'

/** The claims of a pod's projected token. */
function pod(namespace: string, serviceAccount: string) {
  return {
    aud: ['rekey'],
    iss: 'https://kubernetes.default.svc.cluster.local',
    jti: 'aed34954-b33a-4142-b1ec-389d6bbb4936',
    'kubernetes.io': {
      namespace,
      node: { name: 'node-1', uid: '646e7c5e-32d6-4d42-9dbd-e504e6cbe6b1' },
      pod: { name: `${serviceAccount}-7d9f`, uid: '5e0bd49b-f040-43b0-99b7-22765a53f7f3' },
      serviceaccount: { name: serviceAccount, uid: '14ee3fa4-a7e2-420f-9f9a-dbc4507c3798' },
      warnafter: 1_900_000_000,
    },
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
  }
}

/** Claims in "Managing Service Accounts" of Kubernetes' documentation (schema for service account private claims). */
export const kubernetes: Provider = {
  section: 'Kubernetes service accounts',
  tokens: [
    {
      to: 'the service account sender in the namespace prod',
      claims: pod('prod', 'sender'),
      rights: ['sign parcely', 'sign bakery'],
    },
    {
      to: 'a service account in the namespace support',
      claims: pod('support', 'checker'),
      rights: ['verify parcely'],
    },
    {
      to: 'a service account of the same name in another namespace',
      claims: pod('prod2', 'sender'),
      rights: [],
    },
  ],
}
