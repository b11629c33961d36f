import * as client from 'rekey-client'
import { consume } from './consume.mjs'

const [origin, token, name] = process.argv.slice(2)
console.log(JSON.stringify(await consume(client, origin, token, name)))
