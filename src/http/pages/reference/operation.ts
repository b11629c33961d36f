import { examplesOf, highlight, tabs } from './code.ts'
import { components, type Operation } from './document.ts'
import { form } from './form.ts'
import { Html, escape, html } from './html.ts'
import { markdown } from './markdown.ts'
import { responseExamples, responseSection } from './responses.ts'
import { placeholder, samplesOf, sampleUrl } from './samples/samples.ts'
import { properties, rows } from './schema.ts'

/**
 * Renders an operation: description, samples, form, parameters and responses.
 * @param root the server's root, relative to the page
 */
export function operationArticle(operation: Operation, root: string, publicUrl: string | undefined): Html {
  const { operationId, summary, description, parameters, requestBody } = operation
  const documented = (place: string, title: string) => {
    const found = parameters.filter((parameter) => parameter.in === place)
    return (
      found.length > 0 &&
      section(title, rows(found.map((one) => ({ ...one, required: one.required === true }))))
    )
  }
  const input = requestBody?.content['application/json']
  return html`<article>
    <header>
      <h1>${summary}</h1>
      ${markdown(description)}
    </header>
    <div class="code">${samples(operation)} ${responseExamples(operation)}</div>
    <div class="details">
      ${form(operation, root, publicUrl)} ${section('Authentication', authentication(operation))}
      ${documented('path', 'Path Parameters')} ${documented('query', 'Query Parameters')}
      ${documented('header', 'Header Parameters')}
      ${
        input &&
        section(
          requestBody.required ? 'Request Body' : 'Request Body (optional)',
          html`${properties(input.schema)}
            <p class="rule">Example</p>
            ${examplesOf(input)}`,
        )
      }
      ${responseSection(operation)} ${feedback(operationId, root)}
    </div>
  </article>`
}

function section(title: string, content: Html | undefined): Html | undefined {
  return (
    content &&
    html`<section>
      <h2>${title}</h2>
      ${content}
    </section>`
  )
}

function samples(operation: Operation): Html {
  return tabs(
    'language',
    'Language of the sample',
    samplesOf(operation).map(({ label, source }) => ({
      label,
      content: html`<pre
        tabindex="0"
      ><code>${withBlanks(highlight(source.trimEnd()), operation)}</code></pre>`,
    })),
  )
}

/** Marks the parts that the page's script replaces with the form's values. */
function withBlanks(sample: Html, operation: Operation): Html {
  const blank = (name: string, text: string) => `<span data-fill="${name}">${escape(text)}</span>`
  const url = sampleUrl(operation)
  const examples = new Map(operation.parameters.map(({ name, example }) => [name, String(example)]))
  const blankUrl =
    blank('baseUrl', placeholder.baseUrl) +
    operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      blank(`path.${name}`, examples.get(name) ?? ''),
    ) +
    escape(url.replace(/^[^?]*/, ''))
  return new Html(
    sample.text
      .replaceAll(escape(url), blankUrl)
      .replaceAll(placeholder.token, blank('token', placeholder.token))
      .replace(/(use_ssl = <span class="word">)true/, `$1${blank('tls', 'true')}`),
  )
}

function authentication({ security }: Operation): Html {
  return html`${security.flatMap((alternative) =>
    Object.entries(alternative).map(([name, scopes]) => {
      const { description } = components.securitySchemes[name as 'bearerAuth']
      return html`<dl class="rows">
        <div>
          <dt>
            <span class="place">header</span> <code class="name">Authorization</code
            ><span class="type">string</span> <span class="required">Required</span>
          </dt>
          <dd>
            ${markdown(description)}
            ${scopes.length > 0 && html`<p class="rule">Scope: ${scopes.map((scope) => html`<code>${scope}</code> `)}</p>`}
          </dd>
        </div>
      </dl>`
    }),
  )}`
}

function feedback(operationId: string, root: string): Html {
  return html`<div
    class="feedback"
    role="group"
    aria-labelledby="helpful"
    data-url="${root}docs/feedback"
    data-operation="${operationId}"
  >
    <p id="helpful">Was this page helpful?</p>
    <button type="button" value="yes" aria-pressed="false" disabled>Yes</button>
    <button type="button" value="no" aria-pressed="false" disabled>No</button>
    <span role="status" class="quiet"></span>
  </div>`
}
