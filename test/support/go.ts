import { join } from 'node:path'

/**
 * The environment in which tests run Go. All of them share one cache, with the same settings, so that Go compiles its
 * standard library once. Nothing here needs a C compiler or the network.
 */
export const goEnvironment = {
  GOCACHE: join(import.meta.dirname, '../../node_modules/.cache/go'),
  CGO_ENABLED: '0',
  GOPROXY: 'off',
  GOTOOLCHAIN: 'local',
}
