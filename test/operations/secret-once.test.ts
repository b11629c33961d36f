import { expect, test } from 'vitest'
import { documentedOperations, exampleBody } from '../support/document.ts'
import { credentialFor, invite, rotateWith } from '../support/invitations.ts'
import { newSecret } from '../support/probes.ts'
import { provision, startServer } from '../support/server.ts'

test.each(documentedOperations.filter(({ operationId }) => operationId !== 'rotateWebhookSecret'))(
  "$operationId never returns an earlier secret or an earlier invitation's token",
  async (operation) => {
    const server = await startServer()
    const webhook = await provision(server)
    const { token } = await invite(server, webhook)
    const invited = await rotateWith(server, webhook, token)
    const secrets = [await newSecret(server, webhook), invited.body.signingSecret, token]
    const answer = await server.api(operation.method, operation.path, {
      body: exampleBody(operation),
      ...(await credentialFor(operation, server)),
    })
    const sent = answer.text + JSON.stringify([...answer.headers])
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(40)
      expect(sent).not.toContain(secret.slice(7, 30))
    }
  },
)
