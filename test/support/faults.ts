import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { WebhookPath } from './documented-body.ts'
import type { TestServer } from './server.ts'

/** Returns the sequence number of the webhook's latest audit event. Every change to the webhook's keys increases it. */
export async function lastEvent({ api }: TestServer, webhook: WebhookPath): Promise<number> {
  const { status, body } = await api('GET', `${webhook}/events?limit=1`)
  expect(status).toBe(200)
  return body.items[0]?.sequence ?? 0
}

/** Mounts a file system of this size in `parent` until the test ends. @returns the mount point */
export function smallDisk(parent: string, megabytes: number): string {
  const folder = join(parent, 'disk')
  mkdirSync(folder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder])
  })
  return folder
}

/** Fills the disk completely. @returns a function that frees the space again */
export function fill(disk: string): () => void {
  const filler = join(disk, 'filler')
  const file = openSync(filler, 'w')
  const block = Buffer.alloc(4_096)
  while (statfsSync(disk).bavail > 0) writeSync(file, block)
  closeSync(file)
  return () => {
    rmSync(filler)
  }
}
