import { isIPv6 } from 'node:net'
import { databaseFault } from './config-error.ts'

/** Part of a URL, and where it begins in the URL, counted from 1. */
interface Part {
  text: string
  position: number
}

/**
 * Parses a PostgreSQL URL as libpq does (PostgreSQL documentation, "Connection URIs"), but also accepts `=` in the
 * value of a parameter. Unlike `URL`, it knows several hosts and hosts that are paths of Unix sockets.
 * @returns libpq's parameters by name. Several hosts are one text with commas, and so are their ports
 * @throws ConfigError with the position of the fault, but without any part of the URL that may be secret
 */
export function parsePostgresUrl(url: string): Map<string, string> {
  checkCharacters(url)
  const [, credentials, hosts = '', path = '', query = ''] =
    /^\w+:\/\/(?:([^@]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url) ?? []
  const begin = url.indexOf('://') + 4
  const afterCredentials = begin + (credentials === undefined ? 0 : credentials.length + 1)
  const queryPosition = url.indexOf('?', afterCredentials - 1) + 2

  const found = new Map<string, string>()
  const set = (name: string, value: string) => value !== '' && found.set(name, value)
  const [, user = '', password = ''] = /^([^:]*)(?::(.*))?$/.exec(credentials ?? '') ?? []
  set('user', decode({ text: user, position: begin }))
  set('password', decode({ text: password, position: begin + user.length + 1 }))
  const servers = parts(hosts, ',', afterCredentials).map(readHost)
  if (hosts !== '') {
    set('host', servers.map(({ host }) => host).join(','))
    set('port', servers.some(({ port }) => port !== '') ? servers.map(({ port }) => port).join(',') : '')
  }
  set('dbname', decode({ text: path, position: afterCredentials + hosts.length + 1 }))
  for (const [name, value] of readQuery(query, queryPosition)) found.set(name, value)
  return found
}

function checkCharacters(url: string): void {
  const space = url.search(/[\s\p{Cc}]/u)
  if (space >= 0)
    throw databaseFault(
      `contains a space or control character at position ${space + 1}; write %20 for a space`,
    )
  const [at = 0, secondAt] = [...url.matchAll(/@/g)].map(({ index }) => index)
  if (secondAt !== undefined)
    throw databaseFault(
      `contains an @ at position ${at + 1} and another at ${secondAt + 1}; write %40 for an @ in a user name, ` +
        'password or parameter',
    )
  const reserved = url.slice(0, at).search(/(?<!:|:\/)[/?]/)
  if (reserved >= 0)
    throw databaseFault(
      `contains a ${url.charAt(reserved)} at position ${reserved + 1}, before its @; in a user name or password write ` +
        '%2F for a slash and %3F for a question mark, and in a parameter write %40 for an @',
    )
}

/** Reads a host and its port; either can be missing. */
function readHost({ text, position }: Part): { host: string; port: string } {
  const [, address] = /^\[([^\]]*)\](?::.*)?$/.exec(text) ?? []
  if (text.startsWith('[')) {
    const host = decode({ text: address ?? '', position: position + 1 })
    if (!isIPv6(host))
      throw databaseFault(
        `contains an invalid IPv6 address at position ${position}; write it as in [::1]:5432`,
      )
    return { host, port: text.slice(text.indexOf(']') + 2) }
  }
  const [host = '', port = '', ...others] = text.split(':')
  if (others.length > 0)
    throw databaseFault(
      `contains several colons in the host at position ${position}; write an IPv6 address in brackets, as in ` +
        '[::1]:5432, and %3A for a colon in the path of a Unix socket',
    )
  return { host: decode({ text: host, position }), port }
}

function readQuery(query: string, position: number): Map<string, string> {
  const found = new Map<string, string>()
  for (const parameter of query === '' ? [] : parts(query, '&', position)) {
    const { text } = parameter
    const end = text.indexOf('=')
    if (end < 1)
      throw databaseFault(
        `contains a parameter without a name or value at position ${parameter.position}; write name=value, with & ` +
          'between parameters and %26 for an & in a value',
      )
    const name = decode({ ...parameter, text: text.slice(0, end) })
    const value = decode({ text: text.slice(end + 1), position: parameter.position + end + 1 })
    if (value === '') throw databaseFault(`contains an empty ${name}; set it to a value or remove it`)
    if (found.has(name)) throw databaseFault(`contains ${name} twice; remove one of them`)
    found.set(name, value)
  }
  return found
}

function parts(text: string, separator: string, position: number): Part[] {
  let next = position
  return text.split(separator).map((part) => {
    const begin = next
    next += part.length + separator.length
    return { text: part, position: begin }
  })
}

function decode({ text, position }: Part): string {
  const stray = text.search(/%(?![0-9a-f]{2})/i)
  if (stray >= 0)
    throw databaseFault(
      `contains a % at position ${position + stray} that two hexadecimal digits do not follow; write %25 for a %`,
    )
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (encoded, index: number) => {
    try {
      const decoded = decodeURIComponent(encoded)
      if (!decoded.includes('\0')) return decoded
    } catch {
      // Reported below, like a null character.
    }
    throw databaseFault(
      `contains percent-encoded bytes at position ${position + index} that are not text in UTF-8; write %C3%A9, not ` +
        '%E9, for an é',
    )
  })
}
