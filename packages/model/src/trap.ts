// Places where a fence is not what it looks like: never closed, ended by its quote, swallowed by HTML, or no fence at all.
// A reader would expect the block to run, or not to run; so the document is refused. (DESIGN §3, fail closed.)
import type { Lines } from '@runbook/problem';
import type { Container, Leaf } from './block.ts';
import type { Complain, ProblemCode } from './problem-code.ts';


/** A block with what is needed to judge it. */
export interface TrapContext {
  readonly leaf: Leaf;
  readonly text: string;
  readonly lines: Lines;
  readonly complain: Complain;
}

const hints: Readonly<Partial<Record<ProblemCode, string>>> = {
  'unclosed-fence': 'Close it with a line of the same marks, as many or more, and nothing behind them.',
  'lazy-quote-fence': 'Begin every line of the block with ">", or move the block out of the quote.',
  'over-indented-fence': 'Indent the fence as far as the text of its list item, not four or more columns further.',
  'fence-in-html': 'Leave an empty line between the HTML and the fence, or move the block out of the comment.',
  'not-a-fence': 'Use ~~~ as the fence, or write the attributes without backquotes.',
};

/** Tells the traps that a block is. Never throws. */
export function findTraps(context: TrapContext): void {
  const { leaf } = context;
  if (leaf.kind === 'indented') findFenceLines(context, 'over-indented-fence', 'this fence is indented so far that it is plain text');
  else if (leaf.kind === 'fence' && !leaf.closed) tellUnclosed(context);
  else if (leaf.kind === 'html') findFenceLines(context, 'fence-in-html', 'this fence lies inside HTML and is no block');
  else if (leaf.kind === 'paragraph') findFencesInParagraph(context);
}

function tell(context: TrapContext, code: ProblemCode, offset: number, message: string): void {
  context.complain(code, context.lines.at(offset), message, hints[code] ?? '');
}

function tellUnclosed(context: TrapContext): void {
  const { leaf, lines } = context;
  const lastLine = lines.at(leaf.end).line;
  const follower = lastLine < lines.count ? lines.text(lastLine + 1) : '';
  if (isInQuote(leaf.container) && follower.trim() !== '' && !/^[ \t]*>/.test(follower)) {
    return tell(context, 'lazy-quote-fence', leaf.offset, 'this fence ends with its quote, because the next line has no ">"');
  }
  const inContainer = leaf.container.kind !== 'document';
  tell(context, 'unclosed-fence', leaf.offset, inContainer ? 'this fence is not closed before its list item or quote ends' : 'this fence is never closed');
}

function isInQuote(container: Container): boolean {
  for (let at: Container | undefined = container; at !== undefined; at = at.parent) if (at.kind === 'quote') return true;
  return false;
}

const openingFence = /^[ \t>]*(`{3,}[^`\n]*|~{3,}[^\n]*)$/;

/** Every line of a block that looks like an opening fence; a closing one goes with it and is not told again. */
function findFenceLines(context: TrapContext, code: ProblemCode, message: string): void {
  let closing: RegExp | undefined;
  eachLine(context, (line, offset) => {
    if (closing?.test(line) === true) {
      closing = undefined;
      return;
    }
    const marks = openingFence.exec(line.replace(/^[ \t>]*<!--/, (comment) => ' '.repeat(comment.length)))?.[1];
    if (marks === undefined || closing !== undefined) return;
    closing = new RegExp(`^[ \\t>]*\\${marks[0] ?? '`'}{${/^(.)\1*/.exec(marks)?.[0].length ?? 3},}[ \\t]*(?:-->)?[ \\t]*$`);
    tell(context, code, offset + line.search(/[`~]/), message);
  });
}

/** In a paragraph a fence is text: when it is indented too far, or when its info string holds a backquote. */
function findFencesInParagraph(context: TrapContext): void {
  let reported = false;
  eachLine(context, (line, offset) => {
    const marks = /^[ \t>]*(`{3,}|~{3,})/.exec(line);
    if (marks === null || reported) return;
    const fence = marks[1] ?? '';
    const rest = line.slice(marks[0].length);
    // A run of the same length closes a code span on the same line: that is prose.
    if (fence.startsWith('`') && rest.split(/[^`]+/).includes(fence)) return;
    const place = offset + marks[0].length - fence.length;
    reported = true;
    if (fence.startsWith('`') && rest.includes('`')) tell(context, 'not-a-fence', place, 'this line is no fence, because there is a backquote behind its marks');
    else tell(context, 'over-indented-fence', place, 'this fence is indented so far that it is part of the paragraph');
  });
}

/** The lines of a block's source, each with its offset; the first begins where the block does. */
function eachLine(context: TrapContext, look: (line: string, offset: number) => void): void {
  const { end } = context.leaf;
  for (let start = context.leaf.offset; start <= end; ) {
    const stop = context.text.indexOf('\n', start);
    const lineEnd = stop === -1 || stop > end ? end : stop;
    look(context.text.slice(start, lineEnd), start);
    start = lineEnd + 1;
  }
}
