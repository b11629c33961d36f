import * as client from 'rekey-client'
import { consume } from './consume.mjs'

export default {
  async fetch(request) {
    const { origin, token, name } = await request.json()
    return Response.json(await consume(client, origin, token, name))
  },
}
