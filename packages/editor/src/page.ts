// One version of one document as an editor holds it: its text, its lines, what the model reads in it, and the way between
// an editor's positions and offsets. Parsing happens once, when it is first asked for.
import { lintRunbook } from '@runbook/lint';
import { parseRunbook } from '@runbook/model';
import type { Runbook } from '@runbook/model';
import { indexLines } from '@runbook/problem';
import type { Lines, Problem } from '@runbook/problem';
import type { Position, Range } from 'vscode-languageserver-protocol';

/** A stretch of a page's text; 0-based UTF-16 offsets, `end` is behind the last sign. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One version of a document. */
export interface Page {
  readonly uri: string;
  /** The text without a byte order mark; spans count in it. */
  readonly text: string;
  readonly lines: Lines;
  readonly runbook: Runbook;
  /** Everything that is wrong with it: parsing first, then the lint of its shell blocks. */
  readonly problems: readonly Problem[];
  /** The offset of an editor's position; positions outside the text give the nearest one inside. */
  offsetAt(position: Position): number;
  rangeOf(span: Span): Range;
}

/** Makes of a function one that computes its answer once for each page. */
export function oncePerPage<T>(compute: (page: Page) => T): (page: Page) => T {
  const known = new WeakMap<Page, { readonly answer: T }>();
  return (page) => {
    const before = known.get(page);
    if (before !== undefined) return before.answer;
    const answer = compute(page);
    known.set(page, { answer });
    return answer;
  };
}

/** Opens a page. Cheap: nothing is parsed before it is needed. Never throws, and neither does anything of the page. */
export function openPage(text: string, uri: string): Page {
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const body = text.slice(mark);
  const lines = indexLines(body);
  const positionAt = (offset: number): Position => {
    const { line, column } = lines.at(offset);
    return { line: line - 1, character: column - 1 + (line === 1 ? mark : 0) };
  };
  let parsed: ReturnType<typeof parseRunbook> | undefined;
  let problems: readonly Problem[] | undefined;
  const parse = (): ReturnType<typeof parseRunbook> => (parsed ??= parseRunbook(body, uri));
  return {
    uri,
    text: body,
    lines,
    get runbook() {
      return parse().runbook;
    },
    get problems() {
      return (problems ??= [...parse().problems, ...lintRunbook(parse().runbook)]);
    },
    offsetAt({ line, character }) {
      if (line < 0) return 0;
      if (line >= lines.count) return body.length;
      const start = lines.startOf(line + 1);
      const column = character - (line === 0 ? mark : 0);
      return start + Math.min(Math.max(column, 0), lines.text(line + 1).length);
    },
    rangeOf: ({ start, end }) => ({ start: positionAt(start), end: positionAt(end) }),
  };
}
