import ts from 'typescript'

/** A line of prose, without the code around it. */
export interface Line {
  text: string
  /** The line number in the file, counted from 1. */
  line: number
}

const separator: Line = { text: '', line: 0 }
const commentMarks = /^\s*(?:\/\*+|\*+\/|\*|\/\/+|#+|--|<!--)?\s*|\s*\*+\/\s*$/g

/**
 * Extracts a file's prose as Markdown. From JavaScript and TypeScript, extracts the comments and every string of
 * several words, such as test titles, messages and usage texts. Returns all lines of other files, and removes comment
 * markers from them unless the file is Markdown.
 */
export function extractProse(file: string, source: string): Line[] {
  if (/\.[cm]?[jt]s$/.test(file)) return fromScript(source)
  const lines = linesOf(source, 0, source.length)
  return file.endsWith('.md') ? lines : lines.map(clean)
}

function fromScript(source: string): Line[] {
  const root = ts.createSourceFile('prose.ts', source, ts.ScriptTarget.Latest, true)
  const strings: Line[][] = []
  const comments = new Map<number, ts.CommentRange>()

  function visit(node: ts.Node, parent?: ts.Node) {
    if (ts.isJSDoc(node)) return
    if (isText(node) && !(parent && isText(parent))) strings.push(linesOfText(node, source))
    const children = node.getChildren(root)
    for (const child of children) visit(child, node)
    if (children.length === 0) {
      const start = node.getFullStart()
      for (const ranges of [
        ts.getTrailingCommentRanges(source, start),
        ts.getLeadingCommentRanges(source, start),
      ])
        for (const range of ranges ?? []) comments.set(range.pos, range)
    }
  }
  visit(root)

  const prose = strings.filter((lines) =>
    /\p{L}\S*\s+\S*\p{L}/u.test(lines.map(({ text }) => text).join('\n')),
  )
  return [...blocksOf([...comments.values()], source), ...prose].flatMap((lines) => [
    ...lines.map(clean),
    separator,
  ])
}

/** Joins consecutive line comments into one block. */
function blocksOf(comments: ts.CommentRange[], source: string): Line[][] {
  const blocks: Line[][] = []
  let end = -1
  for (const comment of comments.toSorted((a, b) => a.pos - b.pos)) {
    const lines = linesOf(source, comment.pos, comment.end)
    const follows = end >= 0 && /^[^\S\n]*\n[^\S\n]*$/.test(source.slice(end, comment.pos))
    if (follows) blocks.at(-1)?.push(...lines)
    else blocks.push(lines)
    end = comment.kind === ts.SyntaxKind.SingleLineCommentTrivia ? comment.end : -1
  }
  return blocks
}

type Text = ts.StringLiteralLike | ts.TemplateExpression | ts.BinaryExpression

/** Returns whether the node is a string, a template, or a concatenation that contains either. */
function isText(node: ts.Node): node is Text {
  if (!ts.isBinaryExpression(node)) return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)
  return node.operatorToken.kind === ts.SyntaxKind.PlusToken && (isText(node.left) || isText(node.right))
}

function linesOfText(node: ts.Expression, source: string): Line[] {
  if (ts.isBinaryExpression(node) && isText(node))
    return [...linesOfText(node.left, source), ...linesOfText(node.right, source)]
  if (!isText(node)) return [{ text: '…', line: lineAt(source, node.getStart()) }]
  const start = node.getStart() + 1
  let text = source.slice(start, node.end - 1)
  if (ts.isTemplateExpression(node))
    for (const { expression, literal } of node.templateSpans.toReversed()) {
      const [from, to] = [expression.pos - 2 - start, literal.getStart() + 1 - start]
      text = text.slice(0, from) + '…' + text.slice(from, to).replace(/[^\n]/g, '') + text.slice(to)
    }
  const unescaped = text.replace(/\\[nrt]/g, ' ').replace(/\\([^\n])/g, '$1')
  const first = lineAt(source, start)
  return unescaped.split('\n').map((line, index) => ({ text: line, line: first + index }))
}

/** Removes comment markers, and angle brackets that Markdown would parse as HTML. */
function clean({ text, line }: Line): Line {
  return { text: text.replace(commentMarks, '').replace(/[<>]/g, ' ').trim(), line }
}

function linesOf(source: string, start: number, end: number): Line[] {
  const first = lineAt(source, start)
  return source
    .slice(start, end)
    .split('\n')
    .map((text, index) => ({ text, line: first + index }))
}

function lineAt(source: string, position: number): number {
  return source.slice(0, position).split('\n').length
}
