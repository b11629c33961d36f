/**
 * The upper bound for any signer in one process: `hmac.js SECONDS` computes only the HMACs for signing 1 KiB with
 * two keys. The keys of 1,000 webhooks are in memory. Prints the number of signatures per second.
 */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'

const seconds = Number(process.argv[2])
const webhooks = Array.from({ length: 1_000 }, () => [0, 1].map(() => createSecretKey(randomBytes(32))))
const payload = Buffer.from('x'.repeat(1024))
const before = `msg_${randomBytes(16).toString('base64url')}.${Math.floor(Date.now() / 1000)}.`

let signatures = 0
let bytes = 0
const start = performance.now()
while (performance.now() - start < seconds * 1000) {
  for (const keys of webhooks) {
    const signed = keys.map(
      (key) => `v1,${createHmac('sha256', key).update(before).update(payload).digest('base64')}`,
    )
    bytes += signed.join(' ').length
  }
  signatures += webhooks.length
}
const elapsed = (performance.now() - start) / 1000
if (bytes !== signatures * 95) throw new Error('a signature has the wrong length')
console.log(JSON.stringify({ perSecond: signatures / elapsed }))
