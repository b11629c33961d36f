/** Entry point of the core's thread. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Environment } from '../../config/config.ts'
import { serveCore } from './core-server.ts'

if (!parentPort) throw new Error('this file runs only as a worker thread of `rekey serve`')
await serveCore(parentPort, workerData as Environment)
