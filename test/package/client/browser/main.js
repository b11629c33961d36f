import * as client from 'rekey-client'
import { consume } from '../consume.mjs'

globalThis.consume = (origin, token, name) => consume(client, origin, token, name)
