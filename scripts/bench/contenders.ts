import { join } from 'node:path'
import type { Command } from './server.ts'

export const root = join(import.meta.dirname, '../..')
const here = (name: string) => join(import.meta.dirname, 'contenders', name)

/** Returns the program that `npm run build` creates in a clone of Rekey. */
export function mainOf(clone: string): string {
  return join(clone, 'dist/src/main.js')
}

/** Node arguments that run a built Rekey with the same options as in the image and the systemd unit. */
export function rekeyIn(clone: string): Command {
  return ['--max-semi-space-size=16', '--v8-pool-size=0', mainOf(clone), 'serve']
}

export const rekey = rekeyIn(root)
export const limit: Command = [here('limit.ts')]
export const fastify: Command = [here('fastify.js')]
export const naive: Command = [here('naive.js')]
/** Prints how many signatures' HMACs it computes per second. */
export const hmac: Command = [here('hmac.js')]
