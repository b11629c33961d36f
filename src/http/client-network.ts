import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'
import proxyAddress from 'proxy-addr'

/**
 * The network that a request came from: an IPv4 address, or the first 64 bits of an IPv6 one, since one
 * caller has all of those (RFC 6177, section 2).
 * @param isTrustedProxy whether to believe what an address says of the one before it
 */
export function clientNetwork(
  request: IncomingMessage,
  isTrustedProxy: (address: string) => boolean,
): string {
  const peer = request.socket.remoteAddress ?? 'gone'
  const said = proxyAddress(request, isTrustedProxy)
  const address = ipaddr.isValid(said) ? said : peer
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex')
}
