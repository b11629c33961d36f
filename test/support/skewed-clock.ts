/** Shifts this process's clock by CLOCK_SKEW_MS milliseconds. Tests preload this module with `--import`. */
const skewMs = Number(process.env['CLOCK_SKEW_MS'])
const { now } = Date

Date.now = () => now() + skewMs
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + skewMs })
