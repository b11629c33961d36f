import type { Schema } from './document.ts'
import { html, type Content, type Html } from './html.ts'
import { inline, markdown } from './markdown.ts'

/** A row of a list of parameters, headers or properties. */
export interface Row {
  name: string
  schema: Schema
  required: boolean
  description?: string | undefined
}

/** Lists parameters, headers or properties with their types, rules and nested properties. */
export function rows(all: Row[]): Html {
  return html`<dl class="rows">
    ${all.map(
      ({ name, schema, required, description = schema.description ?? '' }) =>
        html`<div>
          <dt>${label(name, schema, required)}</dt>
          <dd>${markdown(description)}${rule(schema)}${nested(name, schema)}</dd>
        </div>`,
    )}
  </dl>`
}

/** Returns a name with its type, and whether it is required. */
export function label(name: string, schema: Schema, required: boolean): Html {
  return html`<code class="name">${name}</code
    ><span class="type">${typeOf(schema)}</span>${required && html` <span class="required">Required</span>`}`
}

/** Lists the properties of an object; undefined for any other schema. */
export function properties({ properties, required = [] }: Schema): Html | undefined {
  if (!properties) return undefined
  return rows(
    Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.includes(name) })),
  )
}

/** Returns the type in words, as in `array of objects` or `string or null`. */
export function typeOf({ type, format, items, oneOf }: Schema): string {
  if (oneOf) return [...new Set(oneOf.map(typeOf))].join(' or ')
  if (type === 'array' && items) return `array of ${typeOf(items).replace(/^\w+/, '$&s')}`
  const types = [type ?? 'any'].flat().join(' or ')
  return format === 'date-time' ? types.replace('string', 'date-time') : types
}

function rule(schema: Schema): Html | undefined {
  const { description = '', enum: values = [], minimum, maximum, 'x-rule': words } = schema
  const said: Content[] = []
  if (!values.every((value) => description.includes(`\`${value}\``)))
    said.push([
      'One of ',
      values.map((value, index) => [index > 0 && ', ', html`<code>${value}</code>`]),
      '.',
    ])
  if (words !== undefined)
    said.push(`${words.replace(/^must be /, '').replace(/^./, (first) => first.toUpperCase())}.`)
  else if (minimum !== undefined && maximum !== undefined) said.push(`From ${minimum} to ${maximum}.`)
  else
    said.push(
      bounds(schema.minLength, schema.maxLength, 'characters'),
      bounds(schema.minItems, schema.maxItems, 'items'),
    )
  if (schema.default !== undefined)
    said.push(['Defaults to ', html`<code>${JSON.stringify(schema.default)}</code>`, '.'])
  const shown = said.filter((one) => one !== undefined)
  return shown.length === 0
    ? undefined
    : html`<p class="rule">
        ${shown.map((one, index) => [index > 0 && ' ', typeof one === 'string' ? inline(one) : one])}
      </p>`
}

function bounds(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  if (most === undefined) return undefined
  return least === undefined ? `At most ${most} ${unit}.` : `${least} to ${most} ${unit}.`
}

/** Lists the properties of an object, or of an array's items, in a collapsed element. */
function nested(name: string, schema: Schema): Content {
  const inner = [schema, ...(schema.oneOf ?? [])].flatMap((one) => [
    one,
    one.items ?? {},
    ...(one.items?.oneOf ?? []),
  ])
  return inner.filter(properties).map((one) => {
    const names = Object.keys(one.properties ?? {}).length
    return html`<details class="nested">
      <summary>${names} properties of <code>${name}</code></summary>
      ${properties(one)}
    </details>`
  })
}
