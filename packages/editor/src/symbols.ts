// The outline of a page: headings, and under each its steps.
import type { Step } from '@runbook/model';
import type { DocumentSymbol, SymbolKind } from 'vscode-languageserver-protocol';
import { blocksOf, frontMatterOf, lastLine, nameSpan } from './place.ts';
import type { Page } from './page.ts';

/** Numbers of the protocol. */
const symbolKinds = { heading: 15, run: 12, manual: 24, other: 1 } as const satisfies Record<string, SymbolKind>;

interface Heading {
  readonly line: number;
  readonly depth: number;
  readonly text: string;
}

/** The outline: headings as they nest, steps below their heading. Never throws. */
export function symbolsOf(page: Page): DocumentSymbol[] {
  const headings = headingsOf(page);
  const steps = [...page.runbook.steps].sort((a, b) => a.line - b.line);
  const top: DocumentSymbol[] = [];
  const open: { depth: number; children: DocumentSymbol[] }[] = [{ depth: 0, children: top }];
  let next = 0;
  const place = (before: number): void => {
    for (let step = steps[next]; step !== undefined && step.line < before; step = steps[next]) {
      open.at(-1)?.children.push(stepSymbol(page, step));
      next += 1;
    }
  };
  headings.forEach((heading, index) => {
    place(heading.line);
    while ((open.at(-1)?.depth ?? 0) >= heading.depth) open.pop();
    const end = headings.slice(index + 1).find((other) => other.depth <= heading.depth)?.line ?? page.lines.count + 1;
    const start = page.lines.startOf(heading.line);
    const children: DocumentSymbol[] = [];
    open.at(-1)?.children.push({
      name: heading.text === '' ? '…' : heading.text,
      kind: symbolKinds.heading,
      range: page.rangeOf({ start, end: page.lines.startOf(end) }),
      selectionRange: page.rangeOf({ start, end: start + page.lines.text(heading.line).length }),
      children,
    });
    open.push({ depth: heading.depth, children });
  });
  place(Number.POSITIVE_INFINITY);
  return top;
}

function stepSymbol(page: Page, step: Step): DocumentSymbol {
  const last = step.kind === 'manual' || step.kind === 'include' ? step.line : lastLine(page, step);
  const name = nameSpan(page, step);
  const start = page.lines.startOf(step.line);
  return {
    name: step.id,
    detail: step.kind === 'manual' ? 'manual' : `${step.language === '' ? step.kind : step.language} · ${step.effect}`,
    kind: step.kind === 'manual' ? symbolKinds.manual : step.kind === 'shell' || step.kind === 'script' ? symbolKinds.run : symbolKinds.other,
    range: page.rangeOf({ start, end: Math.max(name.end, page.lines.startOf(last) + page.lines.text(last).length) }),
    selectionRange: page.rangeOf(name),
  };
}

/** Headings outside code and front matter, with `#` signs or underlined; those in lists and quotes head nothing. */
function headingsOf(page: Page): Heading[] {
  const taken = new Set<number>();
  for (const block of blocksOf(page)) for (let line = block.line; line <= lastLine(page, block); line += 1) taken.add(line);
  const front = frontMatterOf(page);
  const first = front === undefined ? 1 : page.lines.at(front.stop).line + (front.format === 'json' ? 0 : 1);
  const headings: Heading[] = [];
  for (let line = first; line <= page.lines.count; line += 1) {
    if (taken.has(line)) continue;
    const text = page.lines.text(line).slice(0, 1000);
    const marked = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(text);
    const under = line < page.lines.count && !taken.has(line + 1) ? /^ {0,3}(=+|-+)[ \t]*$/.exec(page.lines.text(line + 1))?.[1] : undefined;
    if (marked !== null) headings.push({ line, depth: marked[1]?.length ?? 1, text: plain(marked[2] ?? '') });
    else if (under !== undefined && /^ {0,3}[^\s#>|*+-]/.test(text)) headings.push({ line, depth: under.startsWith('=') ? 1 : 2, text: plain(text) });
  }
  return headings;
}

function plain(source: string): string {
  return source.slice(0, 300).replace(/\s*\{#[^{}]*\}\s*$/, '').replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1').replace(/[`*]+/g, '').trim();
}
