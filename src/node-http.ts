/**
 * What is used of `node:http`. An import of that module reads each of its exports, and some of them are getters
 * that load all of undici (nodejs/node#59686), which takes longer than Node itself takes to start.
 */
export const { Agent, createServer, request, STATUS_CODES } = process.getBuiltinModule('node:http')
