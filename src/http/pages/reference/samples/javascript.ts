import type { SampleRequest } from './sample-request.ts'

export function javascript({ method, url, headers, body, returnsJson }: SampleRequest): string {
  const options = [
    `  method: "${method}",`,
    '  headers: {',
    headers.map(([name, value]) => `    "${name}": ${JSON.stringify(value)}`).join(',\n'),
    body === undefined ? '  }' : '  },',
  ]
  if (body !== undefined)
    options.push(`  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll('\n', '\n  ')})`)
  return `const response = await fetch("${url}", {
${options.join('\n')}
});

${returnsJson ? 'const data = await response.json();\nconsole.log(data);' : 'console.log(response.status);'}
`
}
