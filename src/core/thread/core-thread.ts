/** What the core's thread runs. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Environment } from '../../config/config.ts'
import { serveCore } from './core-server.ts'

if (!parentPort) throw new Error('this is a thread of `rekey serve`, and no program')
await serveCore(parentPort, workerData as Environment)
