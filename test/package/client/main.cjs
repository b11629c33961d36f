const client = require('rekey-client')

const [origin, token, name] = process.argv.slice(2)
import('./consume.mjs')
  .then(({ consume }) => consume(client, origin, token, name))
  .then((result) => console.log(JSON.stringify(result)))
