/**
 * The exports of `node:http` that Rekey uses. An `import` would read all exports, and some are getters that load undici
 * (nodejs/node#59686), which takes longer than starting Node itself.
 */
export const { Agent, createServer, METHODS, request, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http')
