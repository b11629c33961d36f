import { literal, type Syntax } from './literal.ts'
import type { SampleRequest } from './sample-request.ts'

const syntax: Syntax = {
  indent: '    ',
  pair: ': ',
  null: 'None',
  true: 'True',
  false: 'False',
  string: (quoted) => quoted,
}

export function python({ method, url, headers, body, returnsJson }: SampleRequest): string {
  const hasBody = body !== undefined
  return `import requests
${hasBody ? 'import json\n' : ''}
url = "${url}"
headers = ${literal(Object.fromEntries(headers), syntax)}
${hasBody ? `payload = ${literal(body, syntax)}\n` : ''}
response = requests.${method.toLowerCase()}(url, headers=headers${hasBody ? ', data=json.dumps(payload)' : ''})
print(response.${returnsJson ? 'json()' : 'status_code'})
`
}
