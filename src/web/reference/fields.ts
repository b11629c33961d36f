import { element } from './element.ts'
import { sharedInputs } from './shared-inputs.ts'
import { readBaseUrl, readToken, type Operation, type Own, type Parameter } from './http-request.ts'

export function baseUrlField(): HTMLElement {
  const input = element('input', { type: 'url', required: true, spellcheck: 'false', autocomplete: 'off' })
  return shared(input, 'Base URL', 'Target server for requests. Edit to use your own host.', {
    read: () => sharedInputs.baseUrl,
    write: (value) => (sharedInputs.baseUrl = value),
    fault: (value) =>
      readBaseUrl(value) === undefined
        ? 'Enter an http or https URL, for example https://api.example.com'
        : '',
  })
}

export function tokenField(): HTMLElement {
  const input = element('input', { type: 'text', required: true, spellcheck: 'false', autocomplete: 'off' })
  return shared(
    input,
    'Bearer Token (JWT)',
    'Bearer token (JWT) - just enter the token, "Bearer" prefix will be added automatically',
    {
      read: () => sharedInputs.token,
      write: (value) => (sharedInputs.token = value),
      fault: (value) =>
        value !== '' && readToken(value) === undefined
          ? 'Enter a bearer token without spaces or special characters'
          : '',
    },
  )
}

/** Creates the field for a path parameter. All operations share its value. */
export function pathField({ name, description, example, schema }: Parameter): HTMLElement {
  sharedInputs.path[name] ??= String(example)
  const pattern = new RegExp(schema.pattern ?? '', 'u')
  const input = element('input', { type: 'text', required: true, spellcheck: 'false', autocomplete: 'off' })
  return shared(input, name, description, {
    read: () => sharedInputs.path[name] ?? '',
    write: (value) => (sharedInputs.path[name] = value),
    fault: (value) =>
      value !== '' && !pattern.test(value)
        ? 'Use letters, digits, ".", "_" and "-", with at least one that is not a dot'
        : '',
  })
}

interface SharedValue {
  read: () => string
  write: (value: string) => void
  /** @returns an error message; empty if the value is valid */
  fault: (value: string) => string
}

function shared(
  input: HTMLInputElement,
  label: string,
  description: string,
  { read, write, fault }: SharedValue,
): HTMLElement {
  const show = () => {
    if (input.value !== read()) input.value = read()
    input.setCustomValidity(fault(input.value))
  }
  input.addEventListener('input', () => {
    sharedInputs.update(() => {
      write(input.value)
    })
  })
  sharedInputs.addEventListener('change', show)
  show()
  return field(input, label, description)
}

/** Creates the field for an optional parameter. @param show called after every change */
export function parameterField(
  { name, in: place, description, example, schema }: Parameter,
  own: Own,
  show: () => void,
): HTMLElement {
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

/** Creates the field for the JSON body. @param show called after every change */
export function bodyField(
  { required, example }: NonNullable<Operation['body']>,
  own: Own,
  show: () => void,
): HTMLElement {
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
  return field(input, 'Body', 'JSON, as described in the request body below.')
}

let fields = 0

function field(
  input: HTMLInputElement | HTMLTextAreaElement,
  label: string,
  description: string,
): HTMLElement {
  const id = `field-${++fields}`
  input.id = id
  input.setAttribute('aria-describedby', `${id}-description`)
  const required = input.required ? [element('span', { class: 'required' }, 'Required')] : []
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, label, ...required),
    input,
    element('p', { id: `${id}-description` }, ...withCode(description)),
  )
}

/** Turns Markdown code spans into `code` elements. */
function withCode(text: string): (Node | string)[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part))
}
