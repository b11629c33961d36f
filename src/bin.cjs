#!/usr/bin/env node
// Entry point of the `rekey` executable. Uses only old JavaScript syntax, because the running Node may be too old for
// the rest of Rekey. If so, starts Rekey with the Node from the optional dependency `node`.
'use strict'
const { spawn } = require('child_process')
const { existsSync } = require('fs')
const { dirname, join } = require('path')

const isOld = Number(process.versions.node.split('.')[0]) < 24
const node = isOld ? nodeOfPackage() : undefined
if (node) handOver(node)
else {
  require('./check-node.cjs')
  import('./main.js')
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
