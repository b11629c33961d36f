// Receivers: each scheme's library, called as its documentation says. Each verifier takes the secret, the headers
// with names in lower case, and the body. It returns whether the library accepts the message.
import { verifyAsync as verifyEd25519 } from '@noble/ed25519'
import { sign as signGithub, verify as verifyGithub } from '@octokit/webhooks-methods'
import { Paddle } from '@paddle/paddle-node-sdk'
import '@shopify/shopify-api/adapters/node'
import { ApiVersion, shopifyApi } from '@shopify/shopify-api'
import { verifySlackRequest } from '@slack/bolt'
import { createRemoteJWKSet, importJWK } from 'jose'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import Stripe from 'stripe'
import { Webhook as SvixWebhook } from 'svix'

const stripe = new Stripe('sk_test_unused')
const paddle = new Paddle('unused')

function returns(verify) {
  try {
    verify()
    return true
  } catch {
    return false
  }
}

export const verifiers = {
  'standard-webhooks': (secret, headers, body) =>
    returns(() => new StandardWebhook(secret).verify(body, headers)),
  svix: (secret, headers, body) => returns(() => new SvixWebhook(secret).verify(body, headers)),
  stripe: (secret, headers, body) =>
    returns(() => stripe.webhooks.constructEvent(body, headers['stripe-signature'], secret)),
  paddle: (secret, headers, body) =>
    paddle.webhooks.isSignatureValid(body, secret, headers['paddle-signature']),
  github: (secret, headers, body) => verifyGithub(secret, body, headers['x-hub-signature-256']),
  async shopify(secret, headers, body) {
    const api = shopifyApi({
      apiKey: 'unused',
      apiSecretKey: secret,
      apiVersion: Object.values(ApiVersion).at(-1),
      hostName: 'merchant.example',
      isEmbeddedApp: false,
      logger: { log: () => undefined },
    })
    const required = {
      'x-shopify-topic': 'orders/create',
      'x-shopify-api-version': '2025-01',
      'x-shopify-shop-domain': 'merchant.example',
      'x-shopify-webhook-id': 'msg_1',
    }
    const rawRequest = { headers: { ...required, ...headers } }
    return (await api.webhooks.validate({ rawBody: body, rawRequest })).valid
  },
  slack: (signingSecret, headers, body) =>
    returns(() =>
      verifySlackRequest({
        signingSecret,
        body,
        headers: {
          'x-slack-signature': headers['x-slack-signature'],
          'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']),
        },
      }),
    ),
  // The Standard Webhooks libraries for JavaScript do not support public keys.
  ed25519(publicKey, headers, body) {
    const key = Buffer.from(publicKey.replace('whpk_', ''), 'base64')
    return anySignature(headers, body, (signature, content) => verifyEd25519(signature, content, key))
  },
}

/** Whether `verify` accepts one of the message's `v1a` signatures. */
async function anySignature(headers, body, verify) {
  const content = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
  for (const part of headers['webhook-signature'].split(' ')) {
    const [version, signature] = part.split(',')
    if (version === 'v1a' && (await verify(Buffer.from(signature, 'base64'), content))) return true
  }
  return false
}

/** A receiver that knows only the URL of its public keys. It refetches them when the test expires its cache. */
export function followKeySet(url) {
  const keySet = createRemoteJWKSet(new URL(url))
  return {
    refresh: () => keySet.reload(),
    async verifies(headers, body) {
      const { keys } = keySet.jwks()
      const imported = await Promise.all(keys.map((jwk) => importJWK(jwk, 'Ed25519')))
      return anySignature(headers, body, async (signature, content) => {
        const verdicts = imported.map((key) => crypto.subtle.verify('Ed25519', key, signature, content))
        return (await Promise.all(verdicts)).includes(true)
      })
    },
  }
}

/** The libraries that can sign. Each signer takes the secret and the body, and returns the headers. */
export const signers = {
  'standard-webhooks': (secret, body) => standard(new StandardWebhook(secret), 'webhook', body),
  svix: (secret, body) => standard(new SvixWebhook(secret), 'svix', body),
  stripe: (secret, payload) => ({
    'Stripe-Signature': stripe.webhooks.generateTestHeaderString({ payload, secret }),
  }),
  github: async (secret, body) => ({ 'X-Hub-Signature-256': await signGithub(secret, body) }),
}

function standard(webhook, prefix, body) {
  const now = new Date()
  return {
    [`${prefix}-id`]: 'msg_1',
    [`${prefix}-timestamp`]: String(Math.floor(now.getTime() / 1000)),
    [`${prefix}-signature`]: webhook.sign('msg_1', now, body),
  }
}
