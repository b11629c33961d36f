import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

type Skips = Pick<TestContext, 'skip'>

/** Skips the test unless every program is installed. */
export function needsTools(context: Skips, ...tools: string[]): void {
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
  if (missing.length > 0) skipWithout(context, `this machine has no ${missing.join(', no ')}`)
}

/** Skips the test unless it runs as root, which can mount file systems and change users. */
export function needsRoot(context: Skips): void {
  if (process.getuid?.() !== 0) skipWithout(context, 'this test must run as root')
}

/** Skips a test that lacks a requirement, and prints why. In CI, which has all of them, the test fails instead. */
export function skipWithout({ skip }: Skips, absence: string): never {
  if (process.env['CI']) throw new Error(absence)
  console.warn(`skipped: ${absence}`)
  return skip(absence)
}
