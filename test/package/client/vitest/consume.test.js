import { expect, test } from 'vitest'
import * as client from 'rekey-client'
import { consume } from '../consume.mjs'

test('rotates a secret', async () => {
  const { ORIGIN, TOKEN, NAME } = process.env
  expect(await consume(client, ORIGIN, TOKEN, NAME)).toMatchObject({ valid: true, refused: 403 })
})
