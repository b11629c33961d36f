import document from '../../../generated/openapi.json' with { type: 'json' }
import type { OperationId } from '../../core/core.ts'

const paths = document.paths as unknown as Record<string, Record<string, { operationId?: OperationId }>>

/** The operationId of every operation in the OpenAPI document. */
export const operationIds = Object.values(paths).flatMap((path) =>
  Object.values(path).flatMap(({ operationId }) => operationId ?? []),
)
