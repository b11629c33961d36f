import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

type Skips = Pick<TestContext, 'skip'>

/** Goes on only where every program is installed. */
export function needsTools(context: Skips, ...tools: string[]): void {
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
  if (missing.length > 0) skipWithout(context, `this machine has no ${missing.join(', no ')}`)
}

/** Goes on only as root, who may mount and change users. */
export function needsRoot(context: Skips): void {
  if (process.getuid?.() !== 0) skipWithout(context, 'this needs to be root')
}

/** Skips a test for what is not there, with a printed line. In CI everything is, and there it fails. */
export function skipWithout({ skip }: Skips, absence: string): never {
  if (process.env['CI']) throw new Error(absence)
  console.warn(`skipped: ${absence}`)
  return skip(absence)
}
