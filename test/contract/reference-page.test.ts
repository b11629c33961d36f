import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { documentedOperations } from '../support/document.ts'

const page = lines(
  readFileSync(join(import.meta.dirname, '../reference/rotate-webhook-signing-secret.txt'), 'utf8'),
)
const rotation = documentedOperations.find(({ operationId }) => operationId === 'rotateWebhookSecret')
if (!rotation) throw new Error('the document has no rotation')
const samples = rotation['x-codeSamples'] ?? []

test("the rotation's path and method match the owner's reference page", () => {
  const [method, path] = rotation.name.split(' ')
  const at = page.indexOf('PATCH')
  expect([method, `${path}${method}`]).toEqual(page.slice(at, at + 2))
})

test("the rotation's title and first sentence match the owner's reference page", () => {
  const [title, description] = page
  expect(rotation.summary).toBe(title)
  expect(rotation.description.split(/(?<=\.) /)[0]).toBe(description)
})

test("the rotation's five code samples match the owner's reference page line by line", () => {
  expect(samples.map(({ label }) => label)).toEqual(['cURL', 'Python', 'JavaScript', 'Go', 'Ruby'])
  const first = page.findIndex((line) => line.startsWith('curl '))
  expect(samples.flatMap(({ source }) => lines(source))).toEqual(
    page.slice(first, page.indexOf('puts response.body') + 1),
  )
})

test("the rotation's examples for 200, 401, 403, 404, 502 and 504 match the bodies on the owner's reference page", () => {
  const bodies = between('puts response.body', 'PATCH')
    .join('')
    .split(/(?<=})/)
  const documented = ['200', '401', '403', '404', '502', '504'].flatMap((status) =>
    Object.values(rotation.responses[status]?.content?.['application/json']?.examples ?? {}),
  )
  expect(documented.map(({ value }) => JSON.stringify(value))).toEqual(
    bodies.map((body) => JSON.stringify(JSON.parse(body))),
  )
})

test("the rotation's path parameters match the owner's reference page word for word", () => {
  const printed = rotation.parameters
    .filter((parameter) => parameter.in === 'path')
    .flatMap(({ name, schema, required, description }) => [
      `${name}${schema.type}`,
      `${required ? 'Required' : ''}${description}`,
    ])
  expect(printed).toEqual(between('Path Parameters', 'Responses'))
})

test("the rotation's response fields match the owner's reference page word for word", () => {
  const { properties = {}, required = [] } =
    rotation.responses['200']?.content?.['application/json']?.schema ?? {}
  const printed = Object.entries(properties).flatMap(([name, { type, description }]) => [
    `${name}${type}`,
    `${required.includes(name) ? 'Required' : ''}${description}`,
  ])
  expect(printed).toEqual(between('Responses', 'Was this page helpful?'))
})

/** Returns the page's lines between the first line equal to `start` and the next line equal to `end`. */
function between(start: string, end: string): string[] {
  const from = page.indexOf(start) + 1
  return page.slice(from, page.indexOf(end, from))
}

/** Drops indentation and blank lines, because the stored copy of the page has neither. */
function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
