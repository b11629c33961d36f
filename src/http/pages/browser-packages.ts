/**
 * Finds the files of npm packages that the pages need, by their path in `dist/src/`. The build has copied them there,
 * because these packages are installed only in a checkout.
 */
export const browserPackages = {
  'web/console/packages/oauth4webapi.js': () => new URL(import.meta.resolve('oauth4webapi')),
  'web/shared/packages/lit-html.js': () => new URL('../lit-html.js', import.meta.resolve('lit-html')),
  'web/shared/packages/openapi-fetch.js': () => new URL(import.meta.resolve('openapi-fetch')),
  'web/shared/geist.woff2': () =>
    new URL(import.meta.resolve('@fontsource-variable/geist/files/geist-latin-wght-normal.woff2')),
}
