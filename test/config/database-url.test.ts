import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { exampleEnvironment } from '../support/environment.ts'

const read = (url: string) => readConfig({ ...exampleEnvironment, DATABASE_URL: url }).database

test('schema names the schema of the tables, and never reaches the driver', () => {
  expect(read('postgres://u:p@h/d?schema=keys&sslmode=verify-full')).toEqual({
    kind: 'postgres',
    url: 'postgres://u:p@h/d?sslmode=verify-full',
    schema: 'keys',
  })
  expect(read('postgres://u:p@h/d')).toEqual({ kind: 'postgres', url: 'postgres://u:p@h/d' })
})

test.each(['', 'pg_keys', 'a.b', '1st', 'a"b', 'x'.repeat(64)])('rejects the schema %j', (schema) => {
  expect(() => read(`postgres://u:p@h/d?schema=${schema}`)).toThrow(
    /^DATABASE_URL contains an invalid schema/,
  )
})
