/**
 * Finds the files of npm packages that the console's modules import, by file name. In `dist/`, the build has copied
 * them into the console's folder, because these packages are installed only in a checkout.
 */
export const browserPackages = {
  'lit-html.js': () => new URL('../lit-html.js', import.meta.resolve('lit-html')),
  'oauth4webapi.js': () => new URL(import.meta.resolve('oauth4webapi')),
  'openapi-fetch.js': () => new URL(import.meta.resolve('openapi-fetch')),
}
