/** Generates the same load as load.lua, for machines without wrk. */
import autocannon from 'autocannon'

const { BENCH_OPERATION, BENCH_WEBHOOKS, BENCH_APPLICATIONS, BENCH_FIRST, BENCH_TOKENS } = process.env
const [connections, seconds, url] = process.argv.slice(2)
const tokens = BENCH_TOKENS.split(' ')
const rotation = /^\{"keyFingerprint":"whsec_\*{4}[0-9a-f]{4}","signingSecret":"whsec_[A-Za-z0-9+/]+="\}$/
const signatures = /"webhook-signature":"v1,[A-Za-z0-9+/]+= v1,[A-Za-z0-9+/]+="/
const [method, path, expected, body] =
  BENCH_OPERATION === 'sign'
    ? ['POST', 'signatures', signatures, JSON.stringify({ payload: 'x'.repeat(1024) })]
    : ['PATCH', 'secret', rotation, undefined]

let number = Number(BENCH_FIRST)
let firstWrong = ''
const start = performance.now()
const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  verifyBody: (text) => {
    const right = expected.test(text)
    if (!right && firstWrong === '') firstWrong = String(text).slice(0, 200)
    return right
  },
  requests: [
    {
      setupRequest: (request) => {
        number = (number + 7919) % Number(BENCH_WEBHOOKS)
        return {
          ...request,
          method,
          path: `/api/v1/applications/app_${number % Number(BENCH_APPLICATIONS)}/webhooks/webhook_${number}/${path}`,
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${tokens[number % tokens.length]}`,
          },
          ...(body && { body }),
        }
      },
    },
  ],
})
const microseconds = Math.round((performance.now() - start) * 1000)
const numbers = [
  result.requests.total,
  microseconds,
  Math.round(result.latency.p50 * 1000),
  Math.round(result.latency.p99 * 1000),
  result.non2xx + result.mismatches,
  result.errors + result.timeouts,
]
console.log(`RESULT ${numbers.join(' ')} ${firstWrong.replaceAll(/\s/g, ' ')}`)
