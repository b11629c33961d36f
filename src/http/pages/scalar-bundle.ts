import plugin from '@scalar/fastify-api-reference'

interface Route {
  url: string
  handler: (request: object, reply: object) => string
}

/**
 * Returns the browser script of Scalar's API reference. Scalar's Fastify plugin is by far the smallest package that
 * contains the script, but exposes it only through a route, so this function calls the route's handler.
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
