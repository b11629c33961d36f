import { OpenAPIRouter, type Operation, type ParsedRequest, type Request } from 'openapi-backend'

/** A path that was found to be of a route. */
interface Match {
  path: string
  route: Route
  /** As far as they are percent-encoded rightly, decoded. */
  params: Record<string, string>
}

interface Route {
  /** What stands between its slashes; a parameter in braces. */
  template: string[]
  /** By method, in lower case. */
  operations: Map<string, Operation>
}

/**
 * openapi-backend's router with the route table built once: as it comes, it flattens the document and
 * compiles a regular expression for every operation at each request. Here paths are compared part by part.
 */
export class Routes extends OpenAPIRouter {
  readonly #operations = super.getOperations()
  readonly #routes = Object.entries(Object.groupBy(this.#operations, ({ path }) => path)).map(
    ([path, operations = []]): Route => ({
      template: path.split('/'),
      operations: new Map(operations.map((operation) => [operation.method, operation])),
    }),
  )

  /** One request's path is asked for several times in a row. */
  #last: Match | undefined

  override getOperations(): Operation[] {
    return this.#operations
  }

  /** HEAD is served as GET (RFC 9110, section 9.3.2). */
  match(request: Request): Operation | undefined {
    const method = request.method.toLowerCase()
    return this.#find(request.path)?.route.operations.get(method === 'head' ? 'get' : method)
  }

  /** What openapi-backend's own does beyond this is for what the document has not: cookies, styles of lists. */
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
   * Describes what is wrong with a path that no operation has, if that is its prefix.
   * @returns undefined if the prefix is right
   */
  prefixFault(path: string): string | undefined {
    const root = this.apiRoot
    if (path.startsWith(`${root}${root}/`)) return `The path has ${root} twice.`
    return path.startsWith(`${root}/`) ? undefined : `The paths of the API begin with ${root}/.`
  }

  /** The methods that a path has, for `Allow`. */
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
    const route = this.#routes.find(({ template }) => fits(parts, template))
    if (!route) return undefined
    return (this.#last = { path, route, params: paramsOf(parts, route.template) })
  }
}

function fits(parts: string[], template: string[]): boolean {
  return (
    parts.length === template.length &&
    template.every((part, index) => (isParameter(part) ? parts[index] !== '' : parts[index] === part))
  )
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

/** What is not percent-encoding stays as it is, for validation to refuse at its turn. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * The query's parameters, by name: a number where the document has a whole one and it is written in digits,
 * a list where the name stands twice. All else stays text, for validation to refuse.
 */
function readQuery(query: string, { parameters = [] }: Partial<Operation> = {}): Record<string, unknown> {
  if (query === '') return {}
  const wholeNumbers = parameters.flatMap((parameter) =>
    'in' in parameter && (parameter.schema as { type?: unknown } | undefined)?.type === 'integer'
      ? parameter.name
      : [],
  )
  const read = (name: string, text: string) =>
    wholeNumbers.includes(name) && /^-?\d{1,15}$/.test(text) ? Number(text) : text
  const pairs = Map.groupBy(new URLSearchParams(query), ([name]) => name)
  return Object.fromEntries(
    [...pairs].map(([name, same]) => {
      const [value, ...others] = same.map(([, text]) => read(name, text))
      return [name, others.length === 0 ? value : [value, ...others]]
    }),
  )
}
