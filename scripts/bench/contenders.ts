import { join } from 'node:path'
import type { Command } from './server.ts'

const here = (name: string) => join(import.meta.dirname, 'contenders', name)

/** Rekey as it is served in production: built. */
export const rekey: Command = [join(import.meta.dirname, '../../dist/src/main.js'), 'serve']
export const limit: Command = [here('limit.ts')]
export const fastify: Command = [here('fastify.js')]
export const naive: Command = [here('naive.js')]
