import { Server } from 'node:http'

/** Milliseconds by which a process that imports this module delays each request that it receives. */
export const delayVariable = 'MOCK_DELAY_MS'

const delayMs = Number(process.env[delayVariable] ?? 0)
// Prism has no option for this, so its process imports this module before Prism starts.
if (delayMs > 0) delayRequests(Server.prototype as Server, delayMs)

/** Makes HTTP servers wait this long before they handle a request. */
export function delayRequests(server: Pick<Server, 'emit'>, ms: number): void {
  const emit: (this: Server, name: string, ...args: unknown[]) => boolean = server.emit
  server.emit = function (this: Server, name: string, ...args: unknown[]) {
    if (name !== 'request') return emit.call(this, name, ...args)
    setTimeout(() => emit.call(this, name, ...args), ms)
    return true
  }
}
