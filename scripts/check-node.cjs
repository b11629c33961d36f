// Uses only old JavaScript syntax, because this script must also run on outdated versions of Node.
'use strict'
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    'Rekey requires Node 24 or newer, but this is Node ' +
      process.versions.node +
      '.\n' +
      '`npm ci` installs Node 24 as an optional dependency, but that failed on this machine.\n' +
      'Install Node 24, then try again.',
  )
  process.exit(1)
}
