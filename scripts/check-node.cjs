// Plain old JavaScript: it must run on the Node that it complains about.
'use strict'
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    'Rekey needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      '.\n' +
      '`npm ci` brings Node 24 along as an optional dependency, but could not get it here.\n' +
      'Install Node 24 from your usual source and try again.',
  )
  process.exit(1)
}
