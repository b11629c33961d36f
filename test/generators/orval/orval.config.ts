import { defineConfig } from 'orval'

export default defineConfig({
  rekey: {
    input: '../openapi.json',
    output: { target: 'client.ts', client: 'fetch', baseUrl: { runtime: "process.env['REKEY_API']" } },
  },
})
