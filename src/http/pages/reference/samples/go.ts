import type { SampleRequest } from './sample-request.ts'

export function go({ method, url, headers, body, returnsJson }: SampleRequest): string {
  const hasBody = body !== undefined
  const imports = ['fmt', returnsJson && 'io', 'net/http', hasBody && 'strings'].filter(
    (name) => name !== false,
  )
  const json = JSON.stringify(body, null, 2)
  // A raw string cannot contain a backquote.
  const text = hasBody && (json.includes('`') ? JSON.stringify(json) : `\`${json}\``)
  return `package main

import (
${imports.map((name) => `\t"${name}"\n`).join('')})

func main() {
${hasBody ? `\tbody := strings.NewReader(${text})\n` : ''}\treq, err := http.NewRequest("${method}", "${url}", ${hasBody ? 'body' : 'nil'})
	if err != nil {
		panic(err)
	}
${headers.map(([name, value]) => `\treq.Header.Set("${name}", ${JSON.stringify(value)})\n`).join('')}
	client := &http.Client{}
	resp, err := client.Do(req)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()

	fmt.Println("Response Status:", resp.Status)
${
  returnsJson
    ? `	data, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(data))
`
    : ''
}}
`
}
