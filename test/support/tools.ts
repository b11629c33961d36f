import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

/**
 * Goes on only where every program is installed. A machine that lacks one skips the test with a printed
 * line; CI has them all.
 */
export function needsTools({ skip }: Pick<TestContext, 'skip'>, ...tools: string[]): void {
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
  unless(missing.length === 0, `this machine has no ${missing.join(', no ')}`, skip)
}

/** Goes on only as root, who may mount and change users. */
export function needsRoot({ skip }: Pick<TestContext, 'skip'>): void {
  unless(process.getuid?.() === 0, 'this needs to be root', skip)
}

function unless(given: boolean, absence: string, skip: TestContext['skip']): void {
  if (given) return
  if (process.env['CI']) throw new Error(absence)
  console.warn(`skipped: ${absence}`)
  skip(absence)
}
