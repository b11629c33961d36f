import type { Operation } from '../document.ts'
import { curl } from './curl.ts'
import { go } from './go.ts'
import { javascript } from './javascript.ts'
import { python } from './python.ts'
import { ruby } from './ruby.ts'
import type { SampleRequest } from './sample-request.ts'

export interface Sample {
  label: string
  source: string
}

/** The placeholders that readers replace, and that the page replaces with the form's values. */
export const placeholder = { baseUrl: 'https://api.example.com', token: 'YOUR_API_TOKEN (JWT)' }

const languages = { cURL: curl, Python: python, JavaScript: javascript, Go: go, Ruby: ruby }

/** Returns the operation's samples: those in the document, or generated ones. */
export function samplesOf(operation: Operation): Sample[] {
  const request = sampleRequest(operation)
  return (
    operation['x-codeSamples'] ??
    Object.entries(languages).map(([label, write]) => ({ label, source: write(request) }))
  )
}

/** Returns the URL in the operation's samples. */
export function sampleUrl({ path, parameters }: Operation): string {
  const example = (name: string) => String(parameters.find((one) => one.name === name)?.example ?? '')
  const query = parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required)
    .map(({ name }) => `${name}=${encodeURIComponent(example(name))}`)
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(example(name)))
  return placeholder.baseUrl + filled + (query.length > 0 ? `?${query.join('&')}` : '')
}

function sampleRequest(operation: Operation): SampleRequest {
  const { method, parameters, requestBody, responses } = operation
  const [example] = Object.values(requestBody?.content['application/json'].examples ?? {})
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'))
  return {
    method,
    url: sampleUrl(operation),
    headers: [
      ...(requestBody ? [['Content-Type', 'application/json'] as [string, string]] : []),
      ['Authorization', `Bearer ${placeholder.token}`],
      ...parameters
        .filter((parameter) => parameter.in === 'header' && parameter.required)
        .map(({ name, example }) => [name, String(example)] as [string, string]),
    ],
    body: requestBody?.required ? example?.value : undefined,
    returnsJson: success?.[1].content !== undefined,
  }
}
