import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder in which the tests of one run leave what the closing ones read. */
    runFolder: string
  }
}

export default function setup(project: TestProject): () => void {
  const runFolder = mkdtempSync(join(tmpdir(), 'rekey-run-'))
  project.provide('runFolder', runFolder)
  return () => {
    rmSync(runFolder, { recursive: true, force: true })
  }
}
