/** A wording that Rekey's prose avoids, for textlint's terminology rule. */
export interface Term {
  /**
   * Ignores case; a space matches any white space. Lookarounds must be negative, because the rule matches the found
   * text a second time without its context.
   */
  old: RegExp
  /** What to write instead; `$1` is the first group. */
  better: string
  /** A sentence in which the term must be found. */
  bad: string
  /** Sentences in which the term must not be found. */
  good?: string[]
  /** Files in which the term is allowed. */
  notIn?: RegExp
}

export const terms: Term[] = [
  // Words that give the old style away
  {
    old: /\b(?:tells?|told|telling) (?:nothing |more |no more )?of\b/,
    better: 'describes / reports',
    bad: 'The trail tells of each rotation.',
  },
  {
    old: /\btells (?:who|what|which|whether|how|when|why|where|more|nothing|status|apart|time)\b/,
    better: 'shows / says',
    bad: 'The log line tells which webhooks were rotated.',
    good: ['Nobody can tell which key signed.', 'A receiver tells them apart.'],
  },
  {
    old: /\b(?:is|are|be|was|were) told (?:once|as|first|instead|meanwhile|in|at once)\b/,
    better: 'reported',
    bad: 'Every fault is told at once.',
    good: ['It runs until it is told to stop.', 'Callers are told apart by address.'],
  },
  {
    old: /\bstands? (?:in(?! for)|beside|below|above|under|behind|there|elsewhere|as)\b/,
    better: 'is in (beside, below …)',
    bad: 'The status stands in the log.',
    good: ['A mock stands in for the receiver.', 'The address stands for all of them.'],
  },
  {
    old: /(?<!\bthere )\b(is|are|was|were) no(?! (?:longer|more|less|later|earlier|different)\b)\b/,
    better: '$1 not a',
    bad: 'A value that is no number fails.',
    good: ['If there is no key, it fails.', 'The key is no longer live.'],
  },
  {
    old: /(?<!\bthere )\b(is|are|was|were) none\b/,
    better: '$1 not one',
    bad: 'Dots alone are none.',
    good: ['There is none.'],
  },
  {
    old: /\b(?:nothing|anything|everything|something|all|more|else) beside\b/,
    better: 'in addition to / except',
    bad: 'The page loads nothing beside the script.',
    good: ['Rekey runs beside the sender.'],
  },
  {
    old: /\bbeside (?:that|this|these|those|what|which)\b/,
    better: 'in addition to',
    bad: 'Beside that, the log takes 16 MB.',
  },
  {
    old: /\b(?:slash|dot|comma|space|tab|character|byte|key|line|page|something|goes on|put \S+) behind\b/,
    better: 'after / trailing',
    bad: 'A path with a slash behind is found.',
    good: ['The server runs behind a proxy.', 'It leaves nothing behind.'],
  },
  {
    old: /\bbehind (?:the|an|a|its) (?:old|new|other|older|newer|first|last|half|end|slash|path)\b/,
    better: 'after',
    bad: 'Keep the old key behind the new one.',
  },
  {
    old: /(?<!\b(?:soon|long|far|much|many) )\bas \S+ (?:has|have|had) (?:it|them)\b/,
    better: 'as … defines it',
    bad: 'The URL as libpq has it.',
    good: ['It closes as soon as Rekey has it.'],
  },
  {
    old: /(?<!\b(?:copy|copies|part|instance|instances|version|aware|ahead|because|sure) )\bof (?:itself|themselves)\b/,
    better: 'on its own / about itself',
    bad: 'Of itself Node takes 192 MiB.',
  },
  { old: /\bby (?:itself|themselves)\b/, better: 'automatically / alone', bad: 'Rekey recovers by itself.' },
  {
    old: /(?<!\b(?:at|by|for|in|of|on|to|under|with) )\bwhatever(?! (?:happens|the|reason)\b)/,
    better: 'any / regardless of',
    bad: 'A receiver that refuses whatever it gets.',
    good: ['Headers are read whatever the case of their names.', 'It is refused in whatever form.'],
  },
  { old: /\bwhoever\b/, better: 'anyone who', bad: 'Whoever has the file can name the key.' },
  {
    old: /(?<!\b(?:a|one|first|second|single) )\bpass(?:es|ed|ing)? (?:it |them |that |this )?over\b(?! to\b)/,
    better: 'ignore',
    bad: 'Other versions are passed over.',
    good: ['It makes one pass over the rows.', 'The port is passed over to the thread.'],
  },
  {
    old: /(?<!\btime )\b(?:goes|go|went) on\b(?! (?:the|an?|its|disk|top|each|one)\b)/,
    better: 'continues / keeps',
    bad: 'The key goes on signing.',
    good: ['The reason goes on the same line.'],
  },
  { old: /\banew\b/, better: 'again', bad: 'The query is prepared anew.' },
  {
    old: /\b(?:is|was|as|give) that of\b/,
    better: 'belongs to / matches / like … of',
    bad: 'The path is that of a checkout.',
    good: ['Its memory is larger than that of one thread.'],
  },
  {
    old: /\bthe (key|keys|one|ones|secret|round|event) before\b(?! (?:the|it|its|an?|this|that|they|each|every|any|you|and|or)\b)/,
    better: 'the previous $1',
    bad: 'How long the key before signs.',
    good: ['Delete the key before the restart.'],
  },
  { old: /\blets? (?:nobody|no one|none|no)\b/, better: 'prevents', bad: 'It lets nobody pass.' },
  { old: /\b(?:is|are|was|were) had\b/, better: 'has', bad: 'A lock is had once.' },
  {
    old: /\bwhat (?:is|was|are|were) \S+ (?:is|was|are|were)\b/,
    better: 'a noun: “deleted rows are …”',
    bad: 'What was deleted is gone.',
  },
  {
    old: /[.;] (one|those) (?:that|which|who)\b/,
    better: 'a noun: “waiters that”',
    bad: 'Waiters take turns. One that gave up is skipped.',
    good: ['It is the one that commits.'],
  },
  { old: /(?<!\bso )\b(?:that|those) which\b/, better: 'the … that', bad: 'That which is oldest goes.' },
  {
    old: /\bholds? (?:for|true|good|too|whatever)\b/,
    better: 'applies to / is true',
    bad: 'That holds for all.',
  },
  // One term for one thing
  {
    old: /\b(?:an|the|its|every|any|another|lost|first|same|whole|wrong|such|documented|late|of|these|those|their|\w+['’]s) answers?\b(?! to\b)/,
    better: '… response',
    bad: 'The lost answer is replayed.',
    good: ['The answer to that is no.', 'The database did not answer.'],
    notIn: /feedback/,
  },
  {
    old: /\banswer(?:s|ed|ing)? (?:with|by|\d{3})\b/,
    better: 'responds with / returns',
    bad: 'The server answers 409.',
    notIn: /feedback/,
  },
  {
    old: /\b(?:secret|page|id|status|rotations?) (?:that |which )?(?:is|are|was|were) answered\b/,
    better: '… returned',
    bad: 'Without a cursor, the first page is answered.',
    good: ['Each request is answered in turn.'],
  },
  {
    old: /\bexcludes? (?:each other|one another)\b/,
    better: 'are mutually exclusive',
    bad: 'They exclude each other.',
  },
  { old: /\bfull stops?\b/, better: 'dot / period', bad: 'An id of full stops.' },
  { old: /\bsomebody\b/, better: 'someone', bad: 'Somebody else was faster.' },
  {
    old: /\b(?:signs?|does|do|is|are) no more\b(?! than\b)/,
    better: 'no longer',
    bad: 'Keys that sign no more.',
  },
  { old: /\b(?:is|are|was|were) waited for\b/, better: 'waits for', bad: 'A message is waited for.' },
  { old: /\b(?:breaks?|broke|broken) off\b/, better: 'is lost / fails', bad: 'The connection broke off.' },
  {
    old: /\b(?:is|are|was|were) out of reach\b/,
    better: 'is unreachable',
    bad: 'The issuer is out of reach.',
  },
  {
    old: /\b(?:comes?|came) of (?:it|them|an?|the|each)\b/,
    better: 'the result of',
    bad: 'It shows what came of it.',
  },
  {
    old: /\b(?:says?|said) (?:nothing |more |so )?of\b/,
    better: 'says about',
    bad: 'It says nothing of the cause.',
  },
  {
    old: /\b(?:is|are|was|were) said\b/,
    better: 'says / reports',
    bad: 'That is said once, on standard error.',
  },
  { old: /\bbe it\b/, better: 'whether / either', bad: 'The connection is closed, be it by a reset.' },
  { old: /\btakes? (?:it|them|this|that) for\b/, better: 'treats as', bad: 'A URL takes them for a step.' },
  { old: /\bin vain\b/, better: 'without effect', bad: 'It was sent in vain.' },
  { old: /\bby way of\b/, better: 'through', bad: 'Requests by way of the proxy.' },
  { old: /\bfor ever\b/, better: 'forever', bad: 'It waits for ever.' },
  // Loose subjects and objects
  {
    old: /\bthe start (?:fails|failed|reports|waits|stops|is refused)\b/,
    better: 'startup …',
    bad: 'If the port is in use, the start fails.',
    good: ['The first start creates a key file.'],
  },
  {
    old: /\ba text\b(?! (?:file|editor|field|area|node|column|response)\b)/,
    better: 'a string / a message / text',
    bad: 'Whether a text contains a secret.',
    good: ['Open it in a text editor.'],
    notIn: /^test\/(?:logger|http\/pages\/feedback)\.test\.ts$/,
  },
  {
    old: /\bexits the (?:process|server)\b/,
    better: 'ends the process',
    bad: 'A second signal exits the process.',
    good: ['The process exits with code 1.'],
  },
  // American spelling
  { old: /\blicence/, better: 'license', bad: 'The licences of packages.' },
  { old: /\b(colo|behavi|hono|favo|neighbo)ur/, better: '$1r', bad: 'Two colours.' },
  {
    old: /\b(recogn|organ|author|normal|serial|initial|summar|optim|minim|maxim)is(e|es|ed|ing)\b/,
    better: '$1iz$2',
    bad: 'A repeated message is recognised.',
  },
]
