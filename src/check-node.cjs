// Ends the process if its Node is too old for Rekey. Uses only old JavaScript syntax, because it must run there.
'use strict'
const { node } = process.versions
if (Number(node.split('.')[0]) < 24) {
  console.error(
    `Rekey needs Node 24 or newer, and ${process.execPath} is Node ${node}; ` +
      'install Node 24, or run `npm ci` in a checkout, which installs it in node_modules/.bin',
  )
  process.exit(1)
}
