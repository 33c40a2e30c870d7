// The blocks of Markdown are what CommonMark 0.31 says: by its own examples.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { readBlocks } from './block.ts';
import { parseRunbook } from './index.ts';

interface Example {
  readonly number: number;
  readonly section: string;
  readonly markdown: string;
  readonly html: string;
}

/** The examples of the specification, which writes tabs as arrows. */
function readExamples(): Example[] {
  const spec = readFileSync(createRequire(import.meta.url).resolve('commonmark-spec/spec.txt'), 'utf8').replaceAll('\r\n', '\n');
  const found = spec.matchAll(/^`{32} example\n([\s\S]*?)^\.\n([\s\S]*?)^`{32}$|^#{1,6} +(.*)$/gm);
  const examples: Example[] = [];
  let section = '';
  for (const [, markdown, html, heading] of found) {
    if (heading !== undefined) section = heading;
    else examples.push({ number: examples.length + 1, section, markdown: (markdown ?? '').replaceAll('→', '\t'), html: (html ?? '').replaceAll('→', '\t') });
  }
  return examples;
}

const examples = readExamples();

/** The code blocks that the HTML of an example shows. */
function shownCode(html: string): string[] {
  const decode = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  return [...html.matchAll(/<pre><code(?: class="[^"]*")?>([\s\S]*?)<\/code><\/pre>/g)].map((match) => decode(match[1] ?? ''));
}

const withEnd = (text: string): string => (text === '' ? '' : `${text}\n`);

describe('the examples of CommonMark 0.31', () => {
  test('are all there', () => {
    expect(examples).toHaveLength(652);
    expect(examples.filter(({ html }) => shownCode(html).length > 0).length).toBeGreaterThan(70);
  });

  test.each(examples)('$number, $section', ({ markdown, html }) => {
    const code = readBlocks(markdown, 0, 100).leaves.filter((leaf) => leaf.kind === 'fence' || leaf.kind === 'indented');
    expect(code.map((leaf) => withEnd(leaf.text))).toEqual(shownCode(html));
    const headings = readBlocks(markdown, 0, 100).leaves.filter((leaf) => leaf.kind === 'heading');
    expect(headings.map((leaf) => `h${leaf.depth}`)).toEqual([...html.matchAll(/^(?:<li>|<li>\n)?<(h[1-6])>/gm)].map((match) => match[1] ?? ''));
  });
});

/** The examples that a runbook may not hold, and why. Every other one is read without an error. */
const refused: readonly (readonly [number: number, code: string, why: string])[] = [
  [126, 'unclosed-fence', 'runs to the end of the document: nobody can say where it was meant to end'],
  [127, 'unclosed-fence', 'the closing line is too short'],
  [128, 'unclosed-fence', 'is not closed before its quote ends'],
  [134, 'over-indented-fence', 'is indented four columns, and so is code that looks like a block'],
  [137, 'unclosed-fence', 'the closing line is indented four columns'],
  [139, 'unclosed-fence', 'the closing line holds blanks'],
  [161, 'fence-in-html', 'looks like a block and is part of the HTML above'],
  [237, 'lazy-quote-fence', 'ends with its quote, because a line lacks its sign'],
  [237, 'unclosed-fence', 'what was meant as its closing line opens another'],
  [347, 'not-a-fence', 'begins a line with three backquotes and is text'],
];

test('the examples that are refused are these, each for its reason', () => {
  const found = examples.flatMap(({ number, markdown }) => {
    const { problems } = parseRunbook(`x\n\n${markdown}`, 'a.md');
    return [...new Set(problems.filter((problem) => problem.severity === 'error').map((problem) => `${number} ${problem.code}`))];
  });
  expect(found).toEqual(refused.map(([number, code]) => `${number} ${code}`));
});

test('the fences of the examples that are not refused are the blocks of the document, in their order', () => {
  for (const { number, markdown } of examples) {
    if (refused.some(([known]) => known === number)) continue;
    const { runbook } = parseRunbook(`x\n\n${markdown}`, 'a.md');
    const fences = readBlocks(markdown, 0, 100).leaves.filter((leaf) => leaf.kind === 'fence');
    const blocks = [...runbook.steps.filter((step) => step.kind !== 'manual'), ...runbook.data].sort((a, b) => a.line - b.line);
    expect(blocks.map((block) => block.source)).toEqual(fences.map((leaf) => leaf.text));
  }
});

function ours(text: string): string[] {
  return readBlocks(text, 0, 1000).leaves.flatMap((leaf) => {
    const line = text.slice(0, leaf.offset).split('\n').length;
    if (leaf.kind === 'fence' || leaf.kind === 'indented') return [`code ${line} ${leaf.text.replace(/\n+$/, '')}`];
    if (leaf.kind === 'heading') return [`heading ${leaf.depth}`];
    return leaf.kind === 'paragraph' ? [] : [`${leaf.kind} ${line}`];
  });
}

test('a single tag on a line without its ">" is HTML, as on GitHub', () => {
  expect(ours('> a\n<b>\n```\n')).toEqual(['html 2']);
  expect(ours('a\n<b>\n```\n```')).toEqual(['code 3 ']);
});
