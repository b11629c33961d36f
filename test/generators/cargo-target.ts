import { homedir } from 'node:os'
import { join } from 'node:path'

/** Outside the checkout, because compiling the dependencies takes a minute, and a clean checkout can use them, too. */
export const cargoTarget = join(homedir(), '.cache/rekey-generators/cargo')
