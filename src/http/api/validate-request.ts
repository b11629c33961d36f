import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { OpenAPIValidator, type Document, type Operation, type Request } from 'openapi-backend'
import { errorTexts, RekeyError } from '../../errors.ts'
import { isUnicode } from '../request/json-body.ts'
import type { Routes } from './routes.ts'

/** @throws RekeyError `badRequest` if the request is not as the document describes it */
export type ValidateRequest = (request: Request, operation: Operation) => void

/** Compiles the schemas of a request when its operation is first called, and those of responses never. */
export function createValidateRequest(definition: Document, routes: Routes): ValidateRequest {
  const validator = new OpenAPIValidator({
    definition,
    router: routes,
    lazyCompileValidators: true,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its type is that of draft 7
    customizeAjv: () => ajv,
  })
  return (request, operation) => {
    const { errors } = validator.validateRequest(request, operation)
    if (errors) throw new RekeyError('badRequest', { message: describe(errors[0]) })
    if (!isUnicode(request.body)) throw new RekeyError('badRequest', { message: 'body has a lone surrogate' })
  }
}

const ajv = new Ajv2020({
  // The document is linted when it is generated.
  validateSchema: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: false,
  // So that an error has the schema that it is about.
  verbose: true,
  formats: { password: true },
})
addFormats.default(ajv)
ajv.addVocabulary(['example'])

/** Names the place and the rule, and never repeats a value, which may be a secret. */
function describe(error: ErrorObject | undefined): string {
  if (!error) return errorTexts.badRequest
  const named = error.instancePath.slice(1).replace(/^requestBody/, 'body')
  // Where any name is allowed, as among the headers of a message, the name is the caller's word too.
  const place = /\/additionalProperties\/\w+$/.test(error.schemaPath) ? named.replace(/[^/]*$/, '*') : named
  if (error.keyword === 'additionalProperties') {
    const { properties = {} } = error.parentSchema as { properties?: object }
    const names = Object.keys(properties).join(', ')
    return names === ''
      ? `${place} has a property, and this operation takes none there`
      : `${place} has a property that the API does not have; those it has are ${names}`
  }
  if (error.keyword === 'required' && place === '') return 'A body is required'
  return `${place} ${error.message ?? 'is not valid'}`
}
