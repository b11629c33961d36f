import { join } from 'node:path'
import type { Command } from './server.ts'

const here = (name: string) => join(import.meta.dirname, 'contenders', name)

/** Node arguments that run the built Rekey with the same options as in the image and the systemd unit. */
export const rekey: Command = [
  '--max-semi-space-size=16',
  '--v8-pool-size=0',
  join(import.meta.dirname, '../../dist/src/main.js'),
  'serve',
]
export const limit: Command = [here('limit.ts')]
export const fastify: Command = [here('fastify.js')]
export const naive: Command = [here('naive.js')]
