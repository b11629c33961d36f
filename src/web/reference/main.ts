import { defineTryIt } from './try-it.ts'
import './feedback.ts'
import { baseUrlOf, operationsOf, tryableOperations, type OpenApi } from './document.ts'
import { sharedInputs } from './shared-inputs.ts'
import { fillSample } from './http-request.ts'

/** The parts of Scalar's script that this page uses. */
declare const Scalar: {
  createApiReference: (
    selector: string,
    configuration: object,
  ) => { updateConfiguration: (configuration: object) => void }
}

/** The operation that the page shows first. */
const first = 'rotateWebhookSecret'
/**
 * How long to wait for further typing before the samples are updated, in milliseconds. After every update, Scalar
 * parses the whole OpenAPI document again.
 */
const samplesDelayMs = 400

const notice = document.getElementById('notice')
const contract = await load().catch((error: unknown) => {
  if (notice) notice.textContent = 'The reference could not be loaded. Reload the page to try again.'
  throw error
})
notice?.remove()
const baseUrl = baseUrlOf(contract, location.href)
sharedInputs.baseUrl = baseUrl
defineTryIt(tryableOperations(contract), first)
if (location.hash === '') history.replaceState(null, '', fragmentOf(first))
const reference = Scalar.createApiReference('#reference', configuration())

let timer = 0
let shown = samples()
sharedInputs.addEventListener('change', () => {
  clearTimeout(timer)
  timer = setTimeout(() => {
    if (samples() === shown) return
    shown = samples()
    reference.updateConfiguration(configuration())
  }, samplesDelayMs)
})

async function load(): Promise<OpenApi> {
  const response = await fetch('openapi.json')
  if (!response.ok) throw new Error(`failed to load openapi.json: HTTP ${response.status}`)
  return (await response.json()) as OpenApi
}

function configuration(): object {
  return {
    content: forScalar(),
    // For display only: the try-it forms send requests to the base URL that the user enters.
    servers: [{ url: `${baseUrl}/api/v1` }],
    plugins: [plugin],
    generateOperationSlug: ({ operationId }: { operationId?: string }) => operationId,
    // The page must not contact other hosts.
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: 'never',
    // The page shows the samples from the OpenAPI document, and sends requests with its own try-it forms.
    hiddenClients: true,
    hideTestRequestButton: true,
    hideModels: true,
    documentDownloadType: 'json',
  }
}

/** Adds a try-it form and a feedback question to every operation, and another question to the end of the page. */
function plugin(): object {
  return {
    name: 'rekey',
    extensions: ['rekey-try-it', 'rekey-feedback'].map((component) => ({
      name: 'x-rekey-operation',
      component,
    })),
    views: { 'content.end': [{ component: 'rekey-feedback' }] },
  }
}

/** Adapts the OpenAPI document for Scalar: path parameters come first, and samples contain the user's inputs. */
function forScalar(): OpenApi {
  const copy = structuredClone(contract)
  for (const { item, operation } of operationsOf(copy)) {
    operation['x-rekey-operation'] = operation.operationId
    operation.parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
    for (const sample of operation['x-codeSamples'] ?? [])
      sample.source = fillSample(sample.source, sharedInputs)
  }
  for (const item of Object.values(copy.paths)) delete item.parameters
  return copy
}

function samples(): string {
  return operationsOf(contract)
    .flatMap(({ operation }) => operation['x-codeSamples'] ?? [])
    .map(({ source }) => fillSample(source, sharedInputs))
    .join('\n')
}

function fragmentOf(operationId: string): string {
  const found = operationsOf(contract).find(({ operation }) => operation.operationId === operationId)
  return `#tag/${found?.operation.tags[0]?.toLowerCase() ?? ''}/${operationId}`
}
