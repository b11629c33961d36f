import type { Environment } from './config.ts'
import { ConfigError } from './config-error.ts'
import { runKeysCommand } from './keys-command.ts'
import { readValueFile, shownPath } from './value-file.ts'
import { surplusSpace, toValue } from './value-text.ts'
import { fileVariables, variables } from './variables.ts'

const keysVariable = 'REKEY_ENCRYPTION_KEYS'
const keysCommand = 'REKEY_ENCRYPTION_KEYS_COMMAND'

/** Variables that say where to read the values of others. */
const sourceVariables = new Set([...fileVariables.map((name) => `${name}_FILE`), keysCommand])

/** How long the command for the encryption keys may run, in milliseconds. */
const commandLimitMs = 30_000

export interface Sources {
  /** The environment, with the values from files and the command in the variables that they are for. */
  environment: Environment
  /** Adds the source of a variable's value to a fault that begins with the variable's name. */
  withOrigin: (fault: string) => string
}

/**
 * Reads the values that the environment names instead of containing: those in files (`NAME_FILE`), and the output of
 * REKEY_ENCRYPTION_KEYS_COMMAND. Runs the command last, and only if there is no fault.
 * @throws ConfigError that lists every value that cannot be read or is set twice
 */
export async function readSources(given: Environment, limitMs = commandLimitMs): Promise<Sources> {
  const environment = without(given, (name) => sourceVariables.has(name))
  const origins = new Map<string, string>()
  const faults: string[] = []
  const take = async (
    name: string,
    source: string,
    content: string,
    read: () => Buffer | Promise<Buffer>,
  ) => {
    try {
      environment[name] = toValue(name, content, await read())
      origins.set(name, source)
    } catch (error) {
      faults.push(`${source}: ${(error as Error).message}`)
    }
  }
  for (const name of fileVariables) {
    const fileVariable = `${name}_FILE`
    const path = given[fileVariable]
    const sources = [name, fileVariable, ...(name === keysVariable ? [keysCommand] : [])]
    const set = sources.filter((source) => given[source])
    if (set.length > 1) faults.push(`${set.join(' and ')} are mutually exclusive; set only one of them`)
    else if (path !== path?.trim()) faults.push(`${fileVariable} ${surplusSpace}`)
    else if (path)
      await take(name, `${fileVariable}${shownPath(path)}`, 'the file', () => readValueFile(path))
  }
  const command = given[keysCommand]
  if (command && faults.length === 0)
    await take(keysVariable, keysCommand, 'the output', () =>
      runKeysCommand(command, withoutOwnVariables(given), limitMs),
    )
  if (faults.length > 0) throw new ConfigError(faults)
  const withOrigin = (fault: string) =>
    fault.replace(/^\w+/, (name) => {
      const source = origins.get(name)
      return source === undefined ? name : `${name}, read from ${source},`
    })
  return { environment, withOrigin }
}

/** Removes the variables that Rekey reads, which a program that Rekey starts must not see. */
export function withoutOwnVariables(environment: Environment): Environment {
  const isOwn = (name: string) => sourceVariables.has(name) || Object.hasOwn(variables.shape, name)
  return without(environment, (name) => isOwn(name) || name.startsWith('REKEY_'))
}

function without(environment: Environment, isOmitted: (name: string) => boolean): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isOmitted(name)))
}
