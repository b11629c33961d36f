/**
 * Mocks the server for front ends; see `usage`. By default, Prism responds with the OpenAPI document's examples. With
 * `--stateful`, Rekey's own core responds, from a database that ends with the mock.
 */
import { parseArgs } from 'node:util'
import { clockFactor, milliseconds, portNumber, refuseOthers } from './mock/options.ts'

const usage = `Usage: npm run mock -- [options]

Mocks the API for front ends, on the paths of the real server and for pages of any origin. Any bearer token is
valid. It needs neither keys nor a database.

By default, every response is an example of the OpenAPI document. With --stateful, the mock remembers: it runs
Rekey itself on a temporary database. In both, the header "Prefer: code=502" selects a documented response, and
"Prefer: code=409, example=inProgress" one of its examples.

Options:
  --port PORT    port to listen on; 0 picks a free port (default: 4010)
  --host HOST    address to listen on (default: 127.0.0.1)
  --delay MS     wait this many milliseconds before handling each request (default: 0)
  --seed TEXT    make the values of --dynamic, or the secrets of --stateful, the same in every run
  --help         print this help

Examples only:
  --dynamic      generate responses from the document's schemas instead of its examples
  --errors       respond with an error if a response violates the document
  --proxy URL    forward requests to the server at URL, and list violations in the header sl-violations

With --stateful only:
  --stateful     run Rekey itself, on a temporary database
  --clock 60x    end overlaps 60 times sooner than asked: an overlap of one hour ends after a minute
`

const types = {
  port: { type: 'string', default: '4010' },
  host: { type: 'string', default: '127.0.0.1' },
  delay: { type: 'string', default: '0' },
  seed: { type: 'string' },
  help: { type: 'boolean', default: false },
  dynamic: { type: 'boolean', default: false },
  errors: { type: 'boolean', default: false },
  proxy: { type: 'string' },
  stateful: { type: 'boolean', default: false },
  clock: { type: 'string' },
} as const

try {
  const options = parseArgs({ options: types }).values
  const { host, seed, stateful, dynamic, errors, proxy } = options
  const place = { host, port: portNumber(options.port), delayMs: milliseconds(options.delay) }
  if (options.help) process.stdout.write(usage)
  else if (stateful) {
    refuseOthers('--stateful', { '--dynamic': dynamic, '--errors': errors, '--proxy': proxy })
    const factor = clockFactor(options.clock ?? '1x')
    // Imported on demand, because a mock needs either the server or Prism, and both load slowly.
    const { runStateful } = await import('./mock/run-stateful.ts')
    await runStateful({ ...place, seed, clockFactor: factor })
  } else {
    if (options.clock !== undefined) throw new TypeError('--clock needs --stateful')
    if (proxy !== undefined) refuseOthers('--proxy', { '--dynamic': dynamic, '--seed': seed })
    const { runPrism } = await import('./mock/run-prism.ts')
    process.exitCode = await runPrism({ ...place, seed, dynamic, errors, proxy })
  }
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  process.stderr.write(`mock: ${error.message}\nRun "npm run mock -- --help" for the options.\n`)
  process.exitCode = 2
}
