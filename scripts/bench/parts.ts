import { measureCommands } from './commands.ts'
import type { Settings } from './figures.ts'
import { measureInstances } from './instances.ts'
import { measureLatency } from './latency.ts'
import { measureMemory } from './memory.ts'
import type { Tables } from './report.ts'
import { measureRotation } from './rotation.ts'
import { fillBases, measureRotationsAtScale, measureSignaturesAtScale, type Base } from './scale.ts'
import { measureSigning } from './signing.ts'
import { measureStart } from './start.ts'

let filled: Promise<Base[]> | undefined
const bases = (settings: Settings) => (filled ??= fillBases(settings))

/** The parts of a run, in their order. Each returns the tables that it measures. */
export const parts = {
  start: async (settings: Settings): Promise<Tables> => ({ start: await measureStart(settings) }),
  rotation: async (settings: Settings): Promise<Tables> => ({ rotation: await measureRotation(settings) }),
  signing: async (settings: Settings): Promise<Tables> => ({ signing: await measureSigning(settings) }),
  scale: async (settings: Settings): Promise<Tables> => ({
    signaturesAtScale: await measureSignaturesAtScale(settings, await bases(settings)),
    rotationsAtScale: await measureRotationsAtScale(settings, await bases(settings)),
  }),
  memory: async (settings: Settings): Promise<Tables> => ({ memory: await measureMemory(settings) }),
  latency: async (settings: Settings): Promise<Tables> => ({ latency: await measureLatency(settings) }),
  commands: async (settings: Settings): Promise<Tables> => {
    const [, large] = await bases(settings)
    return large ? { commands: await measureCommands(large.file, settings.many) } : {}
  },
  instances: async (settings: Settings): Promise<Tables> => ({ instances: await measureInstances(settings) }),
}
