import type { IncomingHttpHeaders } from 'node:http'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { OpenAPIValidator, type Document, type Operation } from 'openapi-backend'
import type { OperationId } from '../../core/core.ts'
import { RekeyError } from '../../errors.ts'
import { isUnicode } from '../request/json-body.ts'
import type { Routes } from './routes.ts'
import { describeInvalidRequest } from './rule-in-words.ts'

/**
 * Validates a request against the OpenAPI document.
 * @throws RekeyError `badRequest` if the request is not valid
 */
export type ValidateRequest = (operationId: OperationId, parts: RequestParts) => void

/** A request's parts, under the names that openapi-backend gives them in the schemas that it builds. */
export interface RequestParts {
  path: Record<string, string>
  query: Record<string, unknown>
  header: IncomingHttpHeaders
  requestBody: unknown
}

/** Validates the parameters in a request's path, query and headers, but not its body. */
export class HeadValidator<D extends Document = Document> extends OpenAPIValidator<D> {
  override buildRequestValidatorsForOperation(operation: Operation<D>) {
    const head = { ...operation }
    delete head.requestBody
    return super.buildRequestValidatorsForOperation(head)
  }
}

/**
 * Creates a validator that compiles an operation's request schemas when the operation is first called, and never
 * compiles response schemas.
 * @param Validator `HeadValidator` to ignore the body
 */
export function createValidateRequest(
  definition: Document,
  routes: Routes,
  Validator: typeof OpenAPIValidator,
): ValidateRequest {
  const validator = new Validator({
    definition,
    router: routes,
    lazyCompileValidators: true,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- typed for draft 7
    customizeAjv: () => ajv,
  })
  // Not `validateRequest`, which parses the request once more, and takes longer to collect its parts than to check them.
  return (operationId, parts) => {
    for (const validate of validator.getRequestValidatorsForOperation(operationId)) {
      validate(parts)
      const [error] = validate.errors ?? []
      if (error) throw new RekeyError('badRequest', { message: describeInvalidRequest(error) })
    }
    if (!isUnicode(parts.requestBody))
      throw new RekeyError('badRequest', {
        message: 'body must be valid Unicode, without lone surrogates such as \\ud800',
      })
  }
}

const ajv = new Ajv2020({
  // Skips checking the schemas themselves, because the OpenAPI document is linted when it is generated.
  validateSchema: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: false,
  // Adds the failed schema to each error, for describeInvalidRequest.
  verbose: true,
  formats: { password: true },
})
addFormats.default(ajv)
ajv.addVocabulary(['example', 'x-rule'])
