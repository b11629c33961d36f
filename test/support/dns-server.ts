import { createSocket } from 'node:dgram'
import dns from 'node:dns/promises'
import { once } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import { isIPv4 } from 'node:net'
import { onTestFinished } from 'vitest'

export interface DnsServer {
  /** The queries so far, for example `A merchant.example`. */
  queries: string[]
}

/** A zone's records for a name: its addresses, or an alias with the addresses of its target, or an error. */
export interface DnsRecords {
  addresses?: string[]
  /** The target of the CNAME record, to which the addresses belong. */
  alias?: string
  /** A response code as in RFC 1035, section 4.1.1: 2 for SERVFAIL, 3 for NXDOMAIN. */
  code?: number
}

const types = { 1: 'A', 28: 'AAAA' } as const
type QueryType = (typeof types)[keyof typeof types]
const cnameType = 5
/** A pointer to the name in the question (RFC 1035, section 4.1.4). */
const askedName = Buffer.from([0xc0, 0x0c])

/**
 * Starts a UDP name server, and makes every new Resolver of this process query it, until the test ends.
 * @param find returns null if the query must get no response, and undefined if the name does not exist
 */
export async function startDnsServer(
  find: (name: string, type: QueryType) => DnsRecords | null | undefined,
): Promise<DnsServer> {
  const queries: string[] = []
  const socket = createSocket('udp4').on('message', (query, { port, address }) => {
    const { name, type, question } = readQuestion(query)
    queries.push(`${type} ${name}`)
    const records = find(name, type)
    if (records !== null) socket.send(respond(query, question, type, records ?? { code: 3 }), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const restore = useServer(`127.0.0.1:${socket.address().port}`)
  onTestFinished(() => {
    restore()
    socket.close()
  })
  return { queries }
}

function useServer(server: string): () => void {
  const { Resolver } = dns
  const use = (constructor: typeof Resolver) => {
    dns.Resolver = constructor
    syncBuiltinESMExports()
  }
  use(
    class extends Resolver {
      constructor(...options: ConstructorParameters<typeof Resolver>) {
        super(...options)
        this.setServers([server])
      }
    },
  )
  return () => {
    use(Resolver)
  }
}

function readQuestion(query: Buffer) {
  const labels: string[] = []
  let end = 12
  for (let length = query.readUInt8(end++); length > 0; length = query.readUInt8(end++)) {
    labels.push(query.toString('latin1', end, end + length))
    end += length
  }
  const type = types[query.readUInt16BE(end) as keyof typeof types]
  return { name: labels.join('.').toLowerCase(), type, question: query.subarray(12, end + 4) }
}

function respond(query: Buffer, question: Buffer, type: QueryType, records: DnsRecords): Buffer {
  const { addresses = [], alias, code = 0 } = records
  const ofType = addresses.filter((address) => isIPv4(address) === (type === 'A'))
  const owner = alias === undefined ? askedName : encodeName(alias)
  const answers = [
    ...(alias === undefined ? [] : [record(askedName, cnameType, encodeName(alias))]),
    ...ofType.map((address) => record(owner, type === 'A' ? 1 : 28, encodeAddress(address))),
  ]
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  // Flags: this is a response, with recursion desired and available.
  header.writeUInt16BE(0x8180 | code, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(answers.length, 6)
  return Buffer.concat([header, question, ...answers])
}

function record(owner: Buffer, type: number, data: Buffer): Buffer {
  const fields = Buffer.alloc(10)
  fields.writeUInt16BE(type, 0)
  fields.writeUInt16BE(1, 2)
  fields.writeUInt32BE(60, 4)
  fields.writeUInt16BE(data.length, 8)
  return Buffer.concat([owner, fields, data])
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(String.fromCharCode(label.length) + label))
  return Buffer.concat([...labels, Buffer.alloc(1)])
}

/** @param address an IPv6 address must have all eight groups */
function encodeAddress(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const groups = address.split(':').map((group) => group.padStart(4, '0'))
  return Buffer.from(groups.join(''), 'hex')
}
