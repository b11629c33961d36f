/** Entry point of the core's thread. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Environment } from '../../config/config.ts'
import { serveCore } from './core-server.ts'

if (!parentPort) throw new Error('this file is a thread of `rekey serve` and cannot run alone')
await serveCore(parentPort, workerData as Environment)
