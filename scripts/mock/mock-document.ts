import document from '../../generated/openapi.json' with { type: 'json' }

type Node = Record<string, unknown>

export interface MockDocument {
  servers: { url: string }[]
  /** With the server's base path in front of each path. */
  paths: Record<string, Node>
}

/** Optional headers to omit: a mock would send them with every response, although few responses need them. */
const rare = ['IdempotencyReplayed', 'OptionalRetryAfter'].map((name) => `#/components/headers/${name}`)

/** The secret in the document's examples. No library accepts it, because it is not base64. */
const documentedSecret = 'whsec_new_full_secret_value'
/** A secret that libraries accept. Its fingerprint is the one that the examples show next to the secret. */
const validSecret = `whsec_${Buffer.from('Only the mock knows, 00000036080').toString('base64')}`

/** Returns the OpenAPI document with the base path of its server in front of every path, because Prism ignores it. */
export function proxyDocument(): MockDocument {
  return withBasePath(document)
}

/** Like `proxyDocument`, with examples that a front end can use: without rare headers, and with a valid secret. */
export function mockDocument(): MockDocument {
  const text = JSON.stringify(document).replaceAll(documentedSecret, validSecret)
  return withBasePath(
    JSON.parse(text, (_, node: { $ref?: string } | null) =>
      rare.includes(node?.$ref ?? '') ? undefined : node,
    ) as typeof document,
  )
}

function withBasePath({ servers, paths, ...rest }: typeof document): MockDocument {
  const base = basePath(servers[0] ?? { url: '/' })
  const prefixed = Object.entries(paths).map(([path, item]) => [`${base}${path}`, item] as const)
  return { ...rest, servers: [{ url: '/' }], paths: Object.fromEntries(prefixed) }
}

/** Returns the path of a server's URL, whose variables take their defaults. */
function basePath({ url, variables = {} }: { url: string; variables?: Record<string, { default: string }> }) {
  const filled = url.replace(/\{(\w+)\}/g, (_, name: string) => variables[name]?.default ?? '')
  return new URL(filled, 'http://localhost').pathname.replace(/\/$/, '')
}
