#!/usr/bin/env node
// Entry point of the `rekey` executable. Uses only old JavaScript syntax, because the running Node may be too old for
// the rest of Rekey. If so, starts Rekey with the Node from the optional dependency `node`.
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
      'The optional package `node` includes Node 24. Allow its install script, then rebuild it:\n' +
      '`npm install-scripts approve node && npm rebuild node`.\n' +
      'Or install Node 24 from your usual source.',
  )
  process.exitCode = 1
}

/**
 * Finds the executable of the optional package `node`.
 * @returns undefined if the package is not installed or its install script did not run
 */
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
