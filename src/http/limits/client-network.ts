import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import ipaddr from 'ipaddr.js'
import proxyAddress from 'proxy-addr'

/**
 * The network found for a connection's last request. Cached, because a connection's requests usually come from the same
 * caller.
 */
interface LastRequest {
  forwardedFor: string | string[] | undefined
  network: string
}

/**
 * Creates a function that returns the network that a request came from.
 * @param isTrustedProxy whether to trust the X-Forwarded-For header of requests from this address
 */
export function clientNetworks(
  isTrustedProxy: (address: string) => boolean,
): (request: IncomingMessage) => string {
  const found = new WeakMap<Socket, LastRequest>()
  return (request) => {
    const forwardedFor = request.headers['x-forwarded-for']
    const last = found.get(request.socket)
    if (last && last.forwardedFor === forwardedFor) return last.network
    const network = clientNetwork(request, isTrustedProxy)
    found.set(request.socket, { forwardedFor, network })
    return network
  }
}

function clientNetwork(request: IncomingMessage, isTrustedProxy: (address: string) => boolean): string {
  const said = proxyAddress(request, isTrustedProxy)
  return networkOfAddress(ipaddr.isValid(said) ? said : request.socket.remoteAddress)
}

/**
 * Returns the network of an address: the address itself if it is IPv4, or the first 64 bits of an IPv6 address, because
 * one caller usually controls a whole /64 (RFC 6177, section 2).
 * @param address undefined if the connection is already closed
 */
export function networkOfAddress(address = 'gone'): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex')
}
