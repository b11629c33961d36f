import { literal, type Syntax } from './literal.ts'
import type { SampleRequest } from './sample-request.ts'

const syntax: Syntax = {
  indent: '  ',
  pair: ' => ',
  null: 'nil',
  true: 'true',
  false: 'false',
  // Ruby would evaluate #{…}, #@ and #$ in double quotes.
  string: (quoted) => quoted.replaceAll('#', '\\#'),
}

export function ruby({ method, url, headers, body, returnsJson }: SampleRequest): string {
  const name = method.charAt(0) + method.slice(1).toLowerCase()
  const quote = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`
  return `require 'net/http'
require 'json'

uri = URI('${url}')
http = Net::HTTP.new(uri.host, uri.port)
http.use_ssl = true

request = Net::HTTP::${name}.new(uri)
${headers.map(([name, value]) => `request['${name}'] = ${quote(value)}\n`).join('')}${
    body === undefined ? '' : `request.body = JSON.generate(${literal(body, syntax)})\n`
  }
response = http.request(request)
puts response.${returnsJson ? 'body' : 'code'}
`
}
