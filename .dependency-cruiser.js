/**
 * Enforces the import arrows in ARCHITECTURE.md, which show which folders of `src/` may import which others. A type
 * import counts as an import, and can close a cycle.
 */
const everywhere = [
  'errors.ts',
  'error-body.ts',
  'abort.ts',
  'logger.ts',
  'node-http.ts',
  'fair-gate.ts',
  'keyed-turns.ts',
  'recent-map.ts',
  'event-counts.ts',
  'trace-context.ts',
  'run-program.ts',
]

/** The other folders and files of `src/` that each folder may import in addition to `everywhere`. */
const mayImport = {
  domain: [],
  config: ['domain'],
  store: ['domain', 'config/config.ts'],
  operations: ['store', 'domain'],
  receiver: ['domain'],
  core: ['operations', 'store', 'receiver', 'domain', 'config'],
  http: ['core/core.ts', 'config/config.ts'],
  commands: ['http/app.ts', 'core', 'operations/shared', 'store', 'domain', 'config'],
  client: [],
  'web/reference': [],
  'web/console': ['client'],
  'web/rotate': ['client'],
}

/** @param {string} place */
const pattern = (place) =>
  place.endsWith('.ts') ? `^src/${place.replaceAll('.', '\\.')}$` : `^src/${place}/`

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(mayImport).map(([room, places]) => ({
      name: `${room}-imports-only-what-it-may`,
      severity: 'error',
      from: { path: pattern(room) },
      to: { path: '^src/', pathNot: [room, ...places, ...everywhere].map(pattern) },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules' },
  },
}
