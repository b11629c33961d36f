import { isIP } from 'node:net'

/** The largest `ndots` that resolvers accept (resolv.conf(5)). */
const maxNdots = 15

/**
 * Finds a name's addresses in a hosts file.
 * @param hosts the file's content, in the format of hosts(5)
 * @param name in lower case, as in a parsed URL
 */
export function addressesInHosts(hosts: string, name: string): string[] {
  const found = new Set<string>()
  for (const line of hosts.toLowerCase().split('\n')) {
    // Splits only the lines that can match: some hosts files have 100,000 lines.
    if (!line.includes(name)) continue
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (isIP(address) && names.includes(name)) found.add(address)
  }
  return [...found]
}

/**
 * Lists the names to query for a name, in order, by the rules of resolv.conf(5): the search domains come first if the
 * name has fewer than `ndots` dots, and last otherwise.
 * @param config the content of resolv.conf
 * @param hostname the machine's name, whose domain is the search domain if `config` names none
 */
export function namesToQuery(name: string, config: string, hostname: string): string[] {
  if (name.endsWith('.')) return [name]
  let domains = [hostname.split('.').slice(1).join('.')]
  let ndots = 1
  for (const line of config.split('\n')) {
    const [keyword = '', ...values] = line.trim().split(/\s+/)
    if (keyword === 'search' || keyword === 'domain') domains = values
    const option = keyword === 'options' && values.findLast((value) => /^ndots:\d+$/.test(value))
    if (option) ndots = Math.min(maxNdots, Number(option.slice('ndots:'.length)))
  }
  const searched = domains.filter((domain) => /[^.]/.test(domain)).map((domain) => `${name}.${domain}`)
  const dots = name.split('.').length - 1
  return dots >= ndots ? [name, ...searched] : [...searched, name]
}
