import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'

const folder = join(import.meta.dirname, '../../node_modules/@cyclonedx/cyclonedx-library/res/schema')
const schema = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object

export interface Sbom {
  metadata: { component: { purl: string } }
  components: { purl: string }[]
}

/** Validates an SBOM against the official schema of CycloneDX 1.6. @returns what is wrong with it */
export function validateCycloneDx(sbom: object): string[] {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: { 'iri-reference': true, 'idn-email': true },
  })
  // ajv-formats exports CommonJS, whose default export TypeScript sees as a namespace.
  addFormats.default(ajv)
  // The schemas refer to each other by their file names.
  for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}`)
  const validate = ajv.compile(schema('bom-1.6.SNAPSHOT.schema.json'))
  validate(sbom)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}
