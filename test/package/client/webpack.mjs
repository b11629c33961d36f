import webpack from 'webpack'

const output = { path: `${import.meta.dirname}/out`, filename: 'webpack.mjs', module: true }
const options = {
  mode: 'production',
  target: 'node24',
  entry: './main.mjs',
  experiments: { outputModule: true },
  output,
}
webpack(options, (error, stats) => {
  if (error) throw error
  if (stats.compilation.errors.length + stats.compilation.warnings.length > 0)
    throw new Error(stats.toString())
})
