import { auth0 } from './auth0.ts'
import { cognito } from './cognito.ts'
import { entra } from './entra.ts'
import { githubActions } from './github-actions.ts'
import { google } from './google.ts'
import { keycloak } from './keycloak.ts'
import { kubernetes } from './kubernetes.ts'
import { okta } from './okta.ts'
import type { Provider } from './provider.ts'
import { zitadel } from './zitadel.ts'

/** The identity providers in docs/identity-providers.md, in the page's order. */
export const providers: Provider[] = [
  keycloak,
  auth0,
  okta,
  entra,
  cognito,
  zitadel,
  githubActions,
  kubernetes,
  google,
]
