// The blocks of Markdown are what CommonMark 0.31 says: by its own examples.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { readBlocks } from './block.ts';
import type { Container } from './block.ts';
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

describe('each block with its containers, its level, its place and its text', () => {
  const path = ({ kind, offset, parent }: Container): string => (parent === undefined ? '' : `${path(parent)}${kind} ${offset} `);

  test.each([
    ['  a  \n\tb ', ['paragraph 2-9 a\nb']],
    ['# a #', ['heading1 0-5 a']],
    ['# a # b', ['heading1 0-7 a # b']],
    ['# a ##  ', ['heading1 0-8 a']],
    ['#', ['heading1 0-1 ']],
    ['## ##', ['heading2 0-5 ']],
    ['# a#', ['heading1 0-4 a#']],
    ['#\ta\t', ['heading1 0-4 a']],
    ['# a \\#', ['heading1 0-6 a \\#']],
    ['a\n===', ['heading1 0-5 a']],
    ['  a\n b \n ---', ['heading2 2-12 a\nb']],
    ['    a\n\n    b\n\n\nc', ['indented 4-12 a\n\nb', 'paragraph 15-16 c']],
    ['    a\n  \n', ['indented 4-5 a']],
    ['a\n2. b', ['paragraph 0-6 a\n2. b']],
    ['a\n*', ['paragraph 0-3 a\n*']],
    ['a\n1. b', ['paragraph 0-1 a', 'item 2 paragraph 5-6 b']],
    ['a\n+ b', ['paragraph 0-1 a', 'item 2 paragraph 4-5 b']],
    ['a\0b', ['paragraph 0-3 a\uFFFDb']],
    ['<div>\na\n\nb', ['html 0-7 <div>\na', 'paragraph 9-10 b']],
    ['> a\nb', ['quote 0 paragraph 2-5 a\nb']],
    ['-\n\n  a', ['paragraph 5-6 a']],
    ['-\n  a', ['item 0 paragraph 4-5 a']],
    ['- a\n\n  b', ['item 0 paragraph 2-3 a', 'item 0 paragraph 7-8 b']],
    ['   > a', ['quote 3 paragraph 5-6 a']],
    ['    > a', ['indented 4-7 > a']],
    ['> a\n    > b', ['quote 0 paragraph 2-11 a\n> b']],
    ['>a\n>b', ['quote 0 paragraph 1-5 a\nb']],
    ['> a\n>\n> b', ['quote 0 paragraph 2-3 a', 'quote 0 paragraph 8-9 b']],
    ['- a\n-\n- c', ['item 0 paragraph 2-3 a', 'item 6 paragraph 8-9 c']],
    ['1. a\n2. b', ['item 0 paragraph 3-4 a', 'item 5 paragraph 8-9 b']],
    ['-     a', ['item 0 indented 6-7 a']],
    ['-    a', ['item 0 paragraph 5-6 a']],
    ['- \ta', ['item 0 paragraph 3-4 a']],
    ['```text\na\n```', ['fence 0-13 a']],
    ['~~~\n\n~~~\nb', ['fence 0-8 ', 'paragraph 9-10 b']],
    ['> ```\n> a', ['quote 0 fence 2-9 a']],
    ['***', ['rule 0-3 ']],
    ['a\n***\nb', ['paragraph 0-1 a', 'rule 2-5 ', 'paragraph 6-7 b']],
    ['<!-- a\nb -->\nc', ['html 0-12 <!-- a\nb -->', 'paragraph 13-14 c']],
    ['<?a?>\nb', ['html 0-5 <?a?>', 'paragraph 6-7 b']],
    ['<a>\nb\n\nc', ['html 0-5 <a>\nb', 'paragraph 7-8 c']],
    ['a\n<b>', ['paragraph 0-5 a\n<b>']],
    ['a\n<div>', ['paragraph 0-1 a', 'html 2-7 <div>']],
    ['[a]: b\n===', ['paragraph 0-10 [a]: b\n===']],
    ['[a]: b\nc\n===', ['heading1 0-12 c']],
    ['a\n\n\nb', ['paragraph 0-1 a', 'paragraph 4-5 b']],
    ['\t a', ['indented 2-3  a']],
    ['- a\n b', ['item 0 paragraph 2-6 a\nb']],
    ['- a\n\n b', ['item 0 paragraph 2-3 a', 'paragraph 6-7 b']],
    ['> - a\n>   b', ['quote 0 item 2 paragraph 4-11 a\nb']],
    ['> - a\n> b', ['quote 0 item 2 paragraph 4-9 a\nb']],
    ['a  \\\nb', ['paragraph 0-6 a  \\\nb']],
  ])('%j', (text, blocks) => {
    expect(readBlocks(text, 0, 100).leaves.map((leaf) => `${path(leaf.container)}${leaf.kind}${leaf.depth === 0 ? '' : leaf.depth} ${leaf.offset}-${leaf.end} ${leaf.text}`)).toEqual(blocks);
  });

  test('in their order among the children of their container', () => {
    expect(readBlocks('a\n\nb\n- c\n\n  d\n- e\n\nf\n', 0, 100).leaves.map(({ index }) => index)).toEqual([0, 1, 0, 1, 0, 4]);
  });
});
