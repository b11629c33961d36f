#!/usr/bin/env node
// Entry point of the `rekey` executable. Uses only old JavaScript syntax, because the running Node may be too old for
// the rest of Rekey.
'use strict'
require('./check-node.cjs')
import('./main.js')
