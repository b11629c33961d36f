import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import ipaddr from 'ipaddr.js'
import { addressIn, forwardedFor, xForwardedFor } from './forwarding-headers.ts'

/**
 * The network found for a connection's last request. Cached, because a connection's requests usually come from the same
 * caller.
 */
interface LastRequest {
  /** The request's forwarding headers. */
  headers: string
  network: string
}

/**
 * Creates a function that returns the network that a request came from.
 * @param isTrustedProxy whether to trust the X-Forwarded-For or Forwarded header of requests from this address
 */
export function clientNetworks(
  isTrustedProxy: (address: string) => boolean,
): (request: IncomingMessage) => string {
  const found = new WeakMap<Socket, LastRequest>()
  return (request) => {
    const { 'x-forwarded-for': xForwarded = '', forwarded = '' } = request.headers
    const headers = `${String(xForwarded)}\n${forwarded}`
    const last = found.get(request.socket)
    if (last?.headers === headers) return last.network
    const { remoteAddress } = request.socket
    const claims = [xForwardedFor(String(xForwarded)), [...forwardedFor(forwarded)]]
    const network = clientNetwork(remoteAddress, claims, isTrustedProxy)
    found.set(request.socket, { headers, network })
    return network
  }
}

/**
 * Returns the network of the client that the trusted proxies name. Rekey cannot know which of the two headers a
 * proxy sets, and a caller can send the other one. So if they name different networks, Rekey ignores both: all such
 * requests through the proxy count as one separate network.
 * @param claims the entries of each header, last first
 */
function clientNetwork(
  peer: string | undefined,
  claims: string[][],
  isTrustedProxy: (address: string) => boolean,
): string {
  const [network = networkOfAddress(peer), ...others] = claims
    // A header that does not name the proxy's own client says nothing about it, as in `Forwarded: proto=https`.
    .filter(([last = '']) => last !== '')
    .map((entries) => networkOfAddress(farthest(peer, entries, isTrustedProxy)))
  return others.every((other) => other === network)
    ? network
    : `${networkOfAddress(peer)}, conflicting headers`
}

/**
 * Follows the entries from the peer toward the client, for as long as trusted proxies wrote them. If an entry has
 * no address, the proxy that wrote it counts as the client.
 */
function farthest(
  peer = '',
  entries: string[],
  isTrustedProxy: (address: string) => boolean,
): string | undefined {
  let address = addressIn(peer)
  for (const entry of entries) {
    const next = addressIn(entry)
    if (address === undefined || next === undefined || !isTrustedProxy(address)) break
    address = next
  }
  return address
}

/**
 * Returns the network of an address: the address itself if it is IPv4, or the first 64 bits of an IPv6 address, because
 * one caller usually controls a whole /64 (RFC 6177, section 2).
 * @param address undefined if the connection is already closed
 */
export function networkOfAddress(address?: string): string {
  const unzoned = addressIn(address ?? '')
  if (unzoned === undefined) return 'gone'
  const parsed = ipaddr.process(unzoned)
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex')
}
