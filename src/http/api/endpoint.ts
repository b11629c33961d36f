import type { Operation as ApiOperation } from 'openapi-backend'
import type { OperationId } from '../../core/core.ts'
import { defaultMaxBodyBytes } from '../request/json-body.ts'

/** An operation's properties in the OpenAPI document, read once at startup. */
export interface Endpoint {
  operation: ApiOperation
  operationId: OperationId
  scopes: string[]
  /** Whether every valid token allows the operation, except those of invitations. */
  isForEveryToken: boolean
  /** Whether an invitation's token can allow the operation. */
  isForInvitations: boolean
  /** Names of the operation's header parameters. */
  headers: string[]
  /** Undefined if the operation takes no body. */
  maxBodyBytes: number | undefined
  changesNothing: boolean
  /** Whether the response is a page of a list, which may be long. */
  isList: boolean
}

/** POST operations that change nothing. They use POST only because they take a body. */
const readingPosts: ReadonlySet<OperationId> = new Set<OperationId>([
  'signForWebhooks',
  'signMessage',
  'verifyMessage',
])

export function toEndpoint(operation: ApiOperation): Endpoint {
  const { method, security = [], parameters = [], requestBody } = operation
  const operationId = operation.operationId as OperationId
  const names = (place: string) =>
    parameters.flatMap((parameter) => ('in' in parameter && parameter.in === place ? parameter.name : []))
  return {
    operation,
    operationId,
    scopes: security.flatMap((requirement) => requirement['bearerAuth'] ?? []),
    isForEveryToken: security.some(({ bearerAuth }) => bearerAuth?.length === 0),
    isForInvitations: security.some((requirement) => 'invitation' in requirement),
    headers: names('header'),
    maxBodyBytes: requestBody && maxBodyBytesOf(operation),
    changesNothing: method === 'get' || readingPosts.has(operationId),
    isList: names('query').includes('limit'),
  }
}

/** Returns the operation's `x-max-body-bytes`, or the default. */
function maxBodyBytesOf(operation: ApiOperation): number {
  const declared = (operation as unknown as Record<string, unknown>)['x-max-body-bytes']
  return typeof declared === 'number' ? declared : defaultMaxBodyBytes
}
