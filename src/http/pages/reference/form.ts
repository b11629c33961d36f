import type { Operation, Parameter } from './document.ts'
import { field } from './field.ts'
import { html, type Html } from './html.ts'
import { method as methodOf } from './method.ts'
import { placeholder } from './samples/samples.ts'

/**
 * Builds the form that sends a request. Without JavaScript, it only documents the request.
 * @param root the server's root, relative to the page
 */
export function form(operation: Operation, root: string, publicUrl = ''): Html {
  const { method, path, parameters } = operation
  return html`<form
    class="try"
    aria-labelledby="endpoint"
    data-method="${method}"
    data-path="${path}"
    data-root="${root}"
  >
    <h2 class="endpoint" id="endpoint">
      ${methodOf(operation)} <code>${path.split(/(?=\/)/).map((part) => html`${part}<wbr />`)}</code>
    </h2>
    ${field({
      id: 'baseUrl',
      name: 'Base URL',
      type: 'string',
      description: 'Target server for requests. Edit to use your own host.',
      value: publicUrl,
      example: placeholder.baseUrl,
    })}
    <fieldset>
      <legend>Bearer Token (JWT)</legend>
      ${field({
        id: 'token',
        name: 'Bearer Token',
        type: 'string',
        required: true,
        description: 'Bearer token (JWT) - just enter the token, "Bearer" prefix will be added automatically',
        masked: true,
      })}
    </fieldset>
    ${parameters.filter(isInPath).map((parameter) => fieldOf(parameter))} ${otherFields(operation)}
    <h3 id="preview">Request Preview</h3>
    <pre
      class="preview"
      tabindex="0"
      role="region"
      aria-labelledby="preview"
    ><code>${method} ${path}</code></pre>
    <button class="primary" disabled>Send</button>
    <noscript><p class="quiet">Sending a request from this page needs JavaScript.</p></noscript>
    <h3>Response</h3>
    <div class="answer" role="status">
      <p class="quiet">Response will appear here after sending the request</p>
    </div>
    ${(method === 'PATCH' || method === 'DELETE') && confirmation(operation)}
  </form>`
}

function isInPath(parameter: Parameter): boolean {
  return parameter.in === 'path'
}

function fieldOf({ in: place, name, required, description, schema, example = '' }: Parameter): Html {
  return field({
    ...{ id: `${place}.${name}`, place, name, required, type: String(schema.type), example: String(example) },
    ...(place === 'path' && {
      description,
      value: String(example),
      pattern: schema.pattern,
      rule: schema['x-rule'],
    }),
  })
}

/** Returns the fields for the query, headers and body. They are collapsed if none is required. */
function otherFields({ parameters, requestBody }: Operation): Html | undefined {
  const others = parameters.filter((parameter) => !isInPath(parameter))
  if (others.length === 0 && !requestBody) return undefined
  const needed = requestBody?.required === true || others.some(({ required }) => required)
  const [example] = Object.values(requestBody?.content['application/json'].examples ?? {})
  return html`<details ${needed && html`open`}>
    <summary>${needed ? 'Body and parameters' : 'Optional parameters'}</summary>
    ${
      requestBody &&
      field({
        ...{ id: 'body', place: 'body', name: 'Body', type: 'JSON', required: requestBody.required },
        example: JSON.stringify(example?.value, null, 2),
        value: requestBody.required ? JSON.stringify(example?.value, null, 2) : '',
        multiline: true,
      })
    }
    ${others.map(fieldOf)}
  </details>`
}

/** Asks before a request that cannot be undone. */
function confirmation({ summary, method }: Operation): Html {
  return html`<dialog aria-labelledby="confirm">
    <h2 id="confirm">${summary}?</h2>
    <p>This sends a request to a real server:</p>
    <pre tabindex="0"><code></code></pre>
    <p>
      ${
        method === 'PATCH'
          ? 'The new secret is in the response, and is shown only once.'
          : 'It cannot be undone.'
      }
    </p>
    <p class="buttons">
      <button type="button" class="primary" value="send">Send</button>
      <button type="button" value="cancel" autofocus>Cancel</button>
    </p>
  </dialog>`
}
