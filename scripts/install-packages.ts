import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Runs `npm ci` in a folder that has its own package.json, unless the folder already has node_modules. */
export function installPackages(folder: string): void {
  if (existsSync(join(folder, 'node_modules'))) return
  const options = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  execFileSync('npm', options, { cwd: folder, stdio: 'inherit' })
}
