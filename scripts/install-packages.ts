import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Installs the packages of a folder with its own package.json, unless it has them already. */
export function installPackages(folder: string): void {
  if (existsSync(join(folder, 'node_modules'))) return
  const options = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  execFileSync('npm', options, { cwd: folder, stdio: 'inherit' })
}
