import plugin from '@scalar/fastify-api-reference'

interface Route {
  url: string
  handler: (request: object, reply: object) => string
}

/**
 * Returns Scalar's API reference for the browser, a single script. Its Fastify plugin is by far the smallest package
 * that contains it, but exposes it only through a route. This function calls that route's handler.
 */
export function scalarBundle(): string {
  const routes: Route[] = []
  const fastify = { route: (route: Route) => routes.push(route) }
  const register = plugin as unknown as (fastify: object, options: object, done: () => void) => void
  register(fastify, { configuration: { url: '/openapi.json' } }, () => undefined)
  const script = routes.find(({ url }) => url.endsWith('.js'))
  if (!script) throw new Error('@scalar/fastify-api-reference did not register its script')
  const reply = { header: () => reply, send: (content: string) => content }
  return script.handler({}, reply)
}
