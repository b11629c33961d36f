import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

type Skips = Pick<TestContext, 'skip'>

/** Skips the test unless every program is installed. */
export function needsTools(context: Skips, ...tools: string[]): void {
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
  if (missing.length > 0) skipWithout(context, `not installed on this machine: ${missing.join(', ')}`)
}

/** Skips the test unless it runs as root, which is needed to mount file systems or change users. */
export function needsRoot(context: Skips): void {
  if (process.getuid?.() !== 0) skipWithout(context, 'this test must run as root')
}

/** Skips the test and prints why. In CI, which must meet every requirement, fails the test instead. */
export function skipWithout({ skip }: Skips, absence: string): never {
  if (process.env['CI']) throw new Error(absence)
  console.warn(`skipped: ${absence}`)
  return skip(absence)
}
