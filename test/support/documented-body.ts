import type { components, paths } from '../../generated/types.ts'

/** Paths under /api/v1. */
export type ApplicationPath = `/applications/${string}`
export type WebhookPath = `${ApplicationPath}/webhooks/${string}`

/**
 * The type of a response body under /api/v1. It has every property of the documented 2xx response, plus the error
 * properties as optional ones. If the method and path match no operation, for example because the path is a plain
 * `string`, the type is `unknown`.
 *
 * TypeScript cannot know the status. At run time, every response that a test server sends is validated against the
 * OpenAPI document (`observed-responses.ts`), so a 2xx response has exactly these properties. A test that reads them
 * from an error response gets undefined instead of the documented value, and its expectation fails.
 *
 * An interpolated `${string}` counts as one path segment, so it must not contain a slash.
 */
export type DocumentedBody<Method extends string, Path extends string> = BodyOf<Operation<Method, Path>>

type BodyOf<Operation> = [Operation] extends [never]
  ? unknown
  : Operation extends { responses: infer Responses }
    ? SuccessOrError<SuccessBody<Responses>>
    : unknown

type ErrorBody = components['schemas']['Error']

type SuccessOrError<Success> = Success extends undefined
  ? ErrorBody | undefined
  : Success & Partial<ErrorBody>

/** The JSON bodies of the 2xx responses; undefined for a response without a body. */
type SuccessBody<Responses> = {
  [Status in keyof Responses]: `${Status & number}` extends `2${string}` ? JsonBody<Responses[Status]> : never
}[keyof Responses]

type JsonBody<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : undefined

type Operation<Method extends string, Path extends string> = {
  [Template in keyof paths]: Segments<WithoutQuery<Path>> extends Pattern<Segments<Template>>
    ? paths[Template][Lowercase<Method> & keyof paths[Template]]
    : never
}[keyof paths]

type WithoutQuery<Path extends string> = Path extends `${infer Before}?${string}` ? Before : Path

type Segments<Path extends string> = Path extends `${infer First}/${infer Rest}`
  ? [First, ...Segments<Rest>]
  : [Path]

/** The template's segments, with each parameter replaced by `string`. */
type Pattern<Template extends string[]> = {
  [Index in keyof Template]: Template[Index] extends `{${string}}` ? string : Template[Index]
}
