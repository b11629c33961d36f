import type { Operation as ApiOperation } from 'openapi-backend'
import type { OperationId } from '../../core/core.ts'
import { defaultMaxBodyBytes } from '../request/json-body.ts'

/** What the document says of an operation, read once. */
export interface Endpoint {
  operation: ApiOperation
  operationId: OperationId
  scopes: string[]
  /** The names of its header parameters. */
  headers: string[]
  /** undefined if it has no body. */
  maxBodyBytes: number | undefined
  changesNothing: boolean
}

/** These take a body, unlike GET, and change nothing. */
const readingPosts: ReadonlySet<OperationId> = new Set<OperationId>(['signMessage', 'verifyMessage'])

export function toEndpoint(operation: ApiOperation): Endpoint {
  const { method, security = [], parameters = [], requestBody } = operation
  const operationId = operation.operationId as OperationId
  return {
    operation,
    operationId,
    scopes: security.flatMap((requirement) => requirement['bearerAuth'] ?? []),
    headers: parameters.flatMap((parameter) =>
      'in' in parameter && parameter.in === 'header' ? parameter.name : [],
    ),
    maxBodyBytes: requestBody && maxBodyBytesOf(operation),
    changesNothing: method === 'get' || readingPosts.has(operationId),
  }
}

/** What the document allows with `x-max-body-bytes`. */
function maxBodyBytesOf(operation: ApiOperation): number {
  const declared = (operation as unknown as Record<string, unknown>)['x-max-body-bytes']
  return typeof declared === 'number' ? declared : defaultMaxBodyBytes
}
