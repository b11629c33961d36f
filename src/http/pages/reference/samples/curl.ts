import type { SampleRequest } from './sample-request.ts'

export function curl({ method, url, headers, body, returnsJson }: SampleRequest): string {
  const lines = [
    `curl ${returnsJson ? '' : '-i '}-X ${method} "${url}"`,
    ...headers.map(([name, value]) => `  -H "${name}: ${value.replace(/["\\$`]/g, '\\$&')}"`),
  ]
  if (body !== undefined) lines.push(`  -d '${JSON.stringify(body, null, 2).replaceAll("'", `'\\''`)}'`)
  return `${lines.join(' \\\n')}\n`
}
