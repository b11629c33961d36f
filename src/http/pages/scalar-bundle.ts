import plugin from '@scalar/fastify-api-reference'

interface Route {
  url: string
  handler: (request: object, reply: object) => string
}

/**
 * Scalar's API reference for the browser, one script. Of the packages that have it, its Fastify plugin is by far
 * the smallest, and hands it out only through the route that it registers: here that route is asked.
 */
export function scalarBundle(): string {
  const routes: Route[] = []
  const fastify = { route: (route: Route) => routes.push(route) }
  const register = plugin as unknown as (fastify: object, options: object, done: () => void) => void
  register(fastify, { configuration: { url: '/openapi.json' } }, () => undefined)
  const script = routes.find(({ url }) => url.endsWith('.js'))
  if (!script) throw new Error('@scalar/fastify-api-reference registers no script')
  const reply = { header: () => reply, send: (content: string) => content }
  return script.handler({}, reply)
}
