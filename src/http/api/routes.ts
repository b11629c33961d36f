import { OpenAPIRouter, type Operation, type ParsedRequest, type Request } from 'openapi-backend'

/** A request's path and the route that serves it. */
interface Match {
  path: string
  route: Route
  /** Decoded path parameters. A value with invalid percent-encoding is not decoded. */
  params: Record<string, string>
}

interface Route {
  /** The path's segments; parameters are in braces. */
  template: string[]
  /** Operations by method; methods are in lower case. */
  operations: Map<string, Operation>
}

/**
 * Replaces the lookup in openapi-backend's router, which flattens the OpenAPI document and compiles a regular
 * expression per operation for every request. This class builds a route table once, and compares paths segment by
 * segment.
 */
export class Routes extends OpenAPIRouter {
  readonly #operations = super.getOperations()
  /** By number of segments. */
  readonly #routes = Map.groupBy(
    Object.entries(Object.groupBy(this.#operations, ({ path }) => path)).map(
      ([path, operations = []]): Route => ({
        template: path.split('/'),
        operations: new Map(operations.map((operation) => [operation.method, operation])),
      }),
    ),
    ({ template }) => template.length,
  )

  /** Caches the last match, because each request looks up its path several times. */
  #last: Match | undefined

  override getOperations(): Operation[] {
    return this.#operations
  }

  /** Finds the operation that serves a request. HEAD is served as GET (RFC 9110, section 9.3.2). */
  match(request: Request): Operation | undefined {
    const method = request.method.toLowerCase()
    return this.#find(request.path)?.route.operations.get(method === 'head' ? 'get' : method)
  }

  /**
   * Reads path and query parameters. Does not support cookie parameters or delimited lists, because the OpenAPI
   * document uses neither.
   */
  override parseRequest(request: Request, operation?: Operation): ParsedRequest {
    return {
      ...request,
      params: (operation && this.#find(request.path)?.params) ?? {},
      query: readQuery(request.query as string, operation),
      cookies: {},
      requestBody: request.body as unknown,
    }
  }

  /**
   * Describes what is wrong with the beginning of an unknown path.
   * @param prefix the path of the public URL
   * @returns undefined if the beginning is right
   */
  prefixFault(path: string, prefix: string): string | undefined {
    const root = this.apiRoot
    if (path.startsWith(`${root}${root}/`)) return `The path has ${root} twice.`
    return path.startsWith(`${root}/`) ? undefined : `The paths of the API begin with ${prefix}${root}/.`
  }

  /** Returns the methods that a path supports, for the `Allow` header. Returns an empty array for an unknown path. */
  methods(path: string): string[] {
    const methods = [...(this.#find(path)?.route.operations.keys() ?? [])].map((method) =>
      method.toUpperCase(),
    )
    return methods.includes('GET') ? [...methods, 'HEAD'].sort() : methods.sort()
  }

  #find(path: string): Match | undefined {
    if (this.#last?.path === path) return this.#last
    if (!path.startsWith(`${this.apiRoot}/`)) return undefined
    const parts = this.normalizePath(path).split('/')
    const route = this.#routes.get(parts.length)?.find(({ template }) => fits(parts, template))
    if (!route) return undefined
    return (this.#last = { path, route, params: paramsOf(parts, route.template) })
  }
}

function fits(parts: string[], template: string[]): boolean {
  return template.every((part, index) => (isParameter(part) ? parts[index] !== '' : parts[index] === part))
}

function paramsOf(parts: string[], template: string[]): Record<string, string> {
  const params: Record<string, string> = {}
  for (const [index, part] of template.entries()) {
    if (isParameter(part)) params[part.slice(1, -1)] = decode(parts[index] ?? '')
  }
  return params
}

function isParameter(part: string): boolean {
  return part.startsWith('{')
}

/** Decodes percent-encoded text. Returns text with invalid encoding unchanged; validation rejects it later. */
function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Parses the query string. An integer parameter's digits become a number, `true` and `false` become a boolean, and a
 * repeated parameter becomes an array. Any other value stays a string, which validation accepts or rejects later.
 */
function readQuery(query: string, { parameters = [] }: Partial<Operation> = {}): Record<string, unknown> {
  if (query === '') return {}
  const types = new Map(
    parameters.flatMap((parameter) =>
      'in' in parameter ? [[parameter.name, (parameter.schema as { type?: unknown } | undefined)?.type]] : [],
    ),
  )
  const read = (name: string, text: string) => {
    const type = types.get(name)
    if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
    return type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text
  }
  const pairs = Map.groupBy(new URLSearchParams(query), ([name]) => name)
  return Object.fromEntries(
    [...pairs].map(([name, same]) => {
      const [value, ...others] = same.map(([, text]) => read(name, text))
      return [name, others.length === 0 ? value : [value, ...others]]
    }),
  )
}
