/** Generates the same load as load.lua, for machines without wrk. */
import autocannon from 'autocannon'

const { BENCH_OPERATION, BENCH_WEBHOOKS, BENCH_APPLICATIONS, BENCH_FIRST, BENCH_TOKENS } = process.env
const { BENCH_FAN_OUT, BENCH_TENANTS } = process.env
const [webhooks, applications, fanOut] = [BENCH_WEBHOOKS, BENCH_APPLICATIONS, BENCH_FAN_OUT].map(Number)
const [connections, seconds, url] = process.argv.slice(2)
const tokens = BENCH_TOKENS.split(' ')
const rotation = /^\{"keyFingerprint":"whsec_\*{4}[0-9a-f]{4}","signingSecret":"whsec_[A-Za-z0-9+/]+="\}$/
const signatures = /"webhook-signature":"v1,[A-Za-z0-9+/]+= v1,[A-Za-z0-9+/]+="/g
const payload = 'x'.repeat(1024)

/** Returns the request for the webhook with this number, or for webhooks of its application. */
function requestFor(number) {
  const application = `/api/v1/applications/app_${number % applications}`
  const webhook = `${application}/webhooks/webhook_${number}`
  if (BENCH_OPERATION === 'rotate') return ['PATCH', `${webhook}/secret`]
  if (BENCH_OPERATION === 'sign') return ['POST', `${webhook}/signatures`, JSON.stringify({ payload })]
  const webhookIds = Array.from(
    { length: fanOut },
    (_, index) => `webhook_${(number + index * applications) % webhooks}`,
  )
  return ['POST', `${application}/signatures`, JSON.stringify({ webhookIds, payload })]
}

function isRight(text) {
  if (BENCH_OPERATION === 'rotate') return rotation.test(text)
  return String(text).match(signatures)?.length === fanOut
}

let number = Number(BENCH_FIRST)
let firstWrong = ''
const start = performance.now()
const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  verifyBody: (text) => {
    const right = isRight(text)
    if (!right && firstWrong === '') firstWrong = String(text).slice(0, 200)
    return right
  },
  requests: [
    {
      setupRequest: (request) => {
        number = (number + 7919) % webhooks
        if (BENCH_TENANTS === '1') {
          const application = number % applications
          if (BENCH_OPERATION === 'fan-out') number -= application
          else if (BENCH_OPERATION === 'rotate') number += applications - 1 - application
          else if (application === 0) number += 1
          else if (application === applications - 1) number -= 1
        }
        const [method, path, body] = requestFor(number)
        return {
          ...request,
          method,
          path,
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
