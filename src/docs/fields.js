import { element } from './element.js'
import { reader } from './reader.js'
import { readBaseUrl, readToken } from './request.js'

/** @import { Operation, Own, Parameter } from './request.js' */

export function baseUrlField() {
  const input = element('input', { type: 'url', required: true, spellcheck: 'false', autocomplete: 'off' })
  return shared(input, 'Base URL', 'Target server for requests. Edit to use your own host.', {
    read: () => reader.baseUrl,
    write: (value) => (reader.baseUrl = value),
    fault: (value) =>
      readBaseUrl(value) === undefined ? 'Enter an http or https URL, as https://api.example.com' : '',
  })
}

export function tokenField() {
  const input = element('input', { type: 'text', required: true, spellcheck: 'false', autocomplete: 'off' })
  return shared(
    input,
    'Bearer Token (JWT)',
    'Bearer token (JWT) - just enter the token, "Bearer" prefix will be added automatically',
    {
      read: () => reader.token,
      write: (value) => (reader.token = value),
      fault: (value) => (value !== '' && readToken(value) === undefined ? 'This is no bearer token' : ''),
    },
  )
}

/** @param {Parameter} parameter */
export function pathField({ name, description, example, schema }) {
  reader.path[name] ??= String(example)
  const pattern = new RegExp(schema.pattern ?? '', 'u')
  const input = element('input', { type: 'text', required: true, spellcheck: 'false', autocomplete: 'off' })
  return shared(input, name, description, {
    read: () => reader.path[name] ?? '',
    write: (value) => (reader.path[name] = value),
    fault: (value) => (value !== '' && !pattern.test(value) ? `This does not match ${pattern.source}` : ''),
  })
}

/**
 * A field whose value every operation shares.
 * @param {HTMLInputElement} input
 * @param {string} label
 * @param {string} description
 * @param {{ read: () => string, write: (value: string) => void, fault: (value: string) => string }} value
 */
function shared(input, label, description, { read, write, fault }) {
  const show = () => {
    if (input.value !== read()) input.value = read()
    input.setCustomValidity(fault(input.value))
  }
  input.addEventListener('input', () => {
    reader.update(() => {
      write(input.value)
    })
  })
  reader.addEventListener('change', show)
  show()
  return field(input, label, description)
}

/**
 * @param {Parameter} parameter
 * @param {Own} own
 * @param {() => void} show
 */
export function parameterField({ name, in: place, description, example, schema }, own, show) {
  const input = element('input', {
    type: schema.type === 'integer' ? 'number' : 'text',
    placeholder: String(example),
    spellcheck: 'false',
    autocomplete: 'off',
  })
  input.addEventListener('input', () => {
    if (place !== 'path') own[place][name] = input.value
    show()
  })
  return field(input, name, description)
}

/**
 * @param {NonNullable<Operation['body']>} body
 * @param {Own} own
 * @param {() => void} show
 */
export function bodyField({ required, example }, own, show) {
  const input = element('textarea', {
    rows: '5',
    required,
    spellcheck: 'false',
    placeholder: JSON.stringify(example, null, 2),
  })
  input.value = own.body
  input.addEventListener('input', () => {
    own.body = input.value
    show()
  })
  return field(input, 'Body', 'JSON, as the request body below describes it.')
}

let fields = 0

/**
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {string} label
 * @param {string} description
 */
function field(input, label, description) {
  const id = `field-${++fields}`
  input.id = id
  input.setAttribute('aria-describedby', `${id}-description`)
  const required = input.required ? [element('span', { class: 'required' }, 'Required')] : []
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, label, ...required),
    input,
    element('p', { id: `${id}-description` }, description),
  )
}
