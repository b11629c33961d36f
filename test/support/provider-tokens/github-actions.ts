import type { Provider } from './provider.ts'

/** The claims of a job that uses no deployment environment. */
const plain = {
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'https://rekey.parcely.example',
  jti: 'c3b1a6a4-5f5b-4f0e-9d61-6d0c9a0f8a10',
  sub: 'repo:parcely/deploy:ref:refs/heads/main',
  ref: 'refs/heads/main',
  sha: 'c040cae0f0dc81641728557b80f09cfa23b83fe5',
  repository: 'parcely/deploy',
  repository_owner: 'parcely',
  actor_id: '1001',
  repository_visibility: 'private',
  repository_id: '424242',
  repository_owner_id: '2020',
  run_id: '22259804324',
  run_number: '42',
  run_attempt: '1',
  runner_environment: 'github-hosted',
  actor: 'ada',
  workflow: 'rotate',
  head_ref: '',
  base_ref: '',
  event_name: 'workflow_dispatch',
  ref_protected: 'true',
  ref_type: 'branch',
  workflow_ref: 'parcely/deploy/.github/workflows/rotate.yml@refs/heads/main',
  job_workflow_ref: 'parcely/deploy/.github/workflows/rotate.yml@refs/heads/main',
}
const job = { ...plain, sub: 'repo:parcely/deploy:environment:production', environment: 'production' }

/** Claims in the "OpenID Connect reference" of GitHub's documentation. */
export const githubActions: Provider = {
  section: 'GitHub Actions',
  tokens: [
    { to: 'a job in the environment production', claims: job, rights: ['rotate parcely'] },
    { to: 'a job in no environment', claims: plain, rights: [] },
    {
      to: 'the workflow of a pull request',
      claims: {
        ...plain,
        sub: 'repo:parcely/deploy:pull_request',
        ref: 'refs/pull/7/merge',
        head_ref: 'attack',
        base_ref: 'main',
        event_name: 'pull_request',
        ref_protected: 'false',
      },
      rights: [],
    },
    {
      to: 'a job in another environment',
      claims: { ...job, sub: 'repo:parcely/deploy:environment:staging', environment: 'staging' },
      rights: [],
    },
    {
      to: 'a job of a repository that took over the name',
      claims: { ...job, repository_id: '99', repository_owner_id: '98' },
      rights: [],
    },
  ],
}
