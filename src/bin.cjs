#!/usr/bin/env node
// What `rekey` runs where the package is installed. Plain old JavaScript: the Node that runs it may be too
// old for the rest. Then it hands over to the one that comes with the optional dependency `node`.
'use strict'
const { spawn } = require('child_process')
const { existsSync } = require('fs')
const { dirname, join } = require('path')

const { node: version } = process.versions
const node = Number(version.split('.')[0]) >= 24 ? process.execPath : nodeOfPackage()
if (node === process.execPath) import('./main.js')
else if (node) handOver(node)
else {
  console.error(
    `Rekey needs Node 24 or newer, and this is Node ${version}.\n` +
      'The package `node` brings Node 24 along, once npm may run its install script:\n' +
      '`npm install-scripts approve node && npm rebuild node`.\n' +
      'Or install Node 24 from your usual source.',
  )
  process.exitCode = 1
}

/** @returns undefined where the package could not be installed, or its script did not run */
function nodeOfPackage() {
  try {
    const folder = join(dirname(require.resolve('node/package.json')), 'bin')
    return ['node', 'node.exe'].map((name) => join(folder, name)).find(existsSync)
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error
  }
}

function handOver(node) {
  const args = [join(__dirname, 'main.js')].concat(process.argv.slice(2))
  const child = spawn(node, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('close', (code) => {
    process.exitCode = code === null ? 1 : code
  })
}
