import type { LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { addressesInHosts, namesToQuery } from './system-names.ts'

/** Time limit for the first query to each server, in milliseconds. The limit doubles with each retry. */
const queryTimeoutMs = 1_000
/** Number of tries. It is so high that a delivery's own time limit is always reached first. */
const tries = 4

/**
 * Resolves a host name to its addresses. The array is empty if the name does not resolve.
 * @throws the signal's reason if the signal aborts, which also cancels all queries
 */
export type Resolve = (name: string, signal: AbortSignal) => Promise<LookupAddress[]>

export interface ResolveSources {
  hostsFile?: string
  configFile?: string
  /** Address families to resolve, in the order of the result. */
  families?: () => number[]
}

/**
 * Creates a resolver that reads the hosts file and queries DNS, like the system's own resolver. Unlike the queries of
 * `dns.lookup`, its queries can be canceled and occupy no thread. With `dns.lookup`, servers that never respond could
 * occupy all four threads of libuv's pool, and the process could then resolve no other host name.
 */
export function createResolve({
  hostsFile = '/etc/hosts',
  configFile = '/etc/resolv.conf',
  families: familiesNow = usableFamilies,
}: ResolveSources = {}): Resolve {
  return async (name, signal) => {
    const families = familiesNow()
    const known = withFamily(addressesInHosts(await readIfPresent(hostsFile), name), families)
    if (known.length > 0) return known
    // These names never reach DNS (RFC 6761, section 6.3).
    if (/^(.*\.)?localhost\.?$/.test(name)) return withFamily(['127.0.0.1', '::1'], families)

    const names = namesToQuery(name, await readIfPresent(configFile), hostname())
    // `cancel` ends all queries of a resolver, so each lookup has its own.
    const resolver = new Resolver({ timeout: queryTimeoutMs, tries })
    const cancel = () => {
      resolver.cancel()
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      for (const candidate of names) {
        signal.throwIfAborted()
        const responses = await Promise.allSettled(
          families.map((family) =>
            family === 4 ? resolver.resolve4(candidate) : resolver.resolve6(candidate),
          ),
        )
        const addresses = responses.flatMap((response) =>
          response.status === 'fulfilled' ? response.value : [],
        )
        if (addresses.length > 0) return withFamily(addresses, families)
      }
      signal.throwIfAborted()
      return []
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}

/**
 * Returns the address families to resolve, IPv4 first. If all of the machine's addresses, except loopback addresses,
 * are of one family, returns only that family (like AI_ADDRCONFIG in RFC 3493, section 6.1).
 */
export function usableFamilies(interfaces = networkInterfaces()): number[] {
  const external = Object.values(interfaces).flatMap((addresses = []) =>
    addresses.filter(({ internal }) => !internal),
  )
  const families = new Set(external.map(({ address }) => isIP(address)))
  return families.size === 1 ? [...families] : [4, 6]
}

function withFamily(addresses: string[], families: number[]): LookupAddress[] {
  return addresses
    .map((address) => ({ address, family: isIP(address) }))
    .filter(({ family }) => families.includes(family))
}

function readIfPresent(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
