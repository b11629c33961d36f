import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { InvalidLine, parseLine, schemeOf, type Line } from './line.ts'

/** Maximum length of a line, in characters. A line with ten secrets and the longest texts has about 6,000. */
const maxLength = 65_536
const maxFaults = 100

/** Thrown if the file has faults. The message lists them, each with the number of its line. */
export class InvalidFile extends Error {
  override name = 'InvalidFile'
}

/**
 * Reads and validates a JSON Lines file; `-` reads standard input. Skips empty lines.
 * @param now milliseconds since 1970
 * @throws InvalidFile that lists every faulty line
 */
export async function readLines(file: string, now: number): Promise<Line[]> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  const lines: Line[] = []
  const faults: string[] = []
  /** The number of the line that names each webhook. */
  const numbers = new Map<string, number>()
  let number = 0
  for await (const json of createInterface({ input, crlfDelay: Infinity })) {
    number += 1
    if (json.trim() === '') continue
    try {
      if (json.length > maxLength) throw new InvalidLine(`the line has more than ${maxLength} characters`)
      const line = parseLine(number === 1 ? json.replace(/^\uFEFF/, '') : json, number, now)
      schemeOf(line)
      const webhook = `${line.applicationId}/${line.webhookId}`
      const first = numbers.get(webhook)
      if (first !== undefined) throw new InvalidLine(`the webhook appears twice, first in line ${first}`)
      numbers.set(webhook, number)
      lines.push(line)
    } catch (error) {
      if (!(error instanceof InvalidLine)) throw error
      faults.push(`line ${number}: ${error.message}`)
    }
  }
  if (faults.length === 0) return lines
  const more = faults.length > maxFaults ? [`and ${faults.length - maxFaults} more faults`] : []
  throw new InvalidFile([`nothing was imported:`, ...faults.slice(0, maxFaults), ...more].join('\n  '))
}
