import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Installs what a folder's own package.json names, which only its scripts need, unless that is done. */
export function installPackages(folder: string): void {
  if (existsSync(join(folder, 'node_modules'))) return
  const options = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  execFileSync('npm', options, { cwd: folder, stdio: 'inherit' })
}
