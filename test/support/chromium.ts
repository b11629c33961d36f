import { existsSync } from 'node:fs'

const executables = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Returns launch options for the Chromium on this machine; null if none is installed. */
export function chromiumLaunch(): { executablePath: string; args: string[] } | null {
  const executablePath = executables.find((path) => path !== '' && existsSync(path))
  if (executablePath === undefined) return null
  return {
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  }
}
