import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder in which tests leave data for the tests in `test/after-run`. */
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
