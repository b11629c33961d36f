import { expect, test } from 'vitest'
import { highlight } from '../../../src/http/pages/reference/code.ts'
import { html } from '../../../src/http/pages/reference/html.ts'
import { markdown } from '../../../src/http/pages/reference/markdown.ts'

const hostile = `"'><script>alert(1)</script>&amp;`
const escaped = '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;'

test('a template escapes every value except HTML, at any depth', () => {
  expect(html`<a href="${hostile}">${[hostile, [html`<b>${hostile}</b>`]]}</a>`.text).toBe(
    `<a href="${escaped}">${escaped}<b>${escaped}</b></a>`,
  )
  expect(html`${undefined}${false}${0}`.text).toBe('0')
})

test('descriptions and samples are escaped', () => {
  const rendered =
    html`${markdown(`${hostile}\n\n* ${hostile}\n* \`${hostile}\` https://rekey.example/"><script>`)}`.text
  expect(rendered).not.toContain('<script')
  expect(rendered).toContain(`<li>${escaped}</li>`)
  expect(rendered).toContain(`<code>${escaped}</code>`)
  expect(highlight(`x = ${JSON.stringify(hostile)} ${hostile}`).text).not.toContain('<script')
})

test('renders the paragraphs, lists and links in a description', () => {
  const text = 'One\nparagraph:\n\n* `a`: first\n  item\n* second\n\nSee https://www.standardwebhooks.com.'
  expect(html`${markdown(text)}`.text.replace(/>\s+</g, '><')).toBe(
    '<p>One paragraph:</p><ul><li><code>a</code>: first item</li><li>second</li></ul>' +
      '<p>See <a href="https://www.standardwebhooks.com">https://www.standardwebhooks.com</a>.</p>',
  )
})
