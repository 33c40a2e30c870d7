// Which links and anchors a Markdown text has, with their places; and that no text makes the reader throw or hang.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReferences } from './index.ts';

const links = (text: string): string[] => readReferences(text).links.map(({ target, line, column }) => `${line}:${column} ${target}`);
const anchors = (text: string): string[] => [...readReferences(text).anchors];

describe('links', () => {
  test.each<[string, string[]]>([
    ['[a](b.md)', ['1:1 b.md']],
    ['x [a](<b c.md> "t") ![i](p.png)', ['1:3 b c.md', '1:21 p.png']],
    ['[a](b\\_c.md?x=1&amp;y=2#z)', ['1:1 b_c.md?x=1&y=2#z']],
    ['[![i](p.png)](q.md)', ['1:1 q.md', '1:2 p.png']],
    ['- x\n  > [a\n  > b](c.md)', ['2:5 c.md']],
    ['| [a](b.md) | c |\n|---|---|\n| d | [e](f.md) |', ['1:3 b.md', '3:7 f.md']],
    ['[a][b]\n\n[b]: c.md "t"\n[d]: <e f>', ['3:1 c.md', '4:1 e f']],
    ['a[^1]\n\n[^1]: note', []],
    ['`[a](b.md)` and\n\n    [a](b.md)\n\n```\n[a](b.md)\n```', []],
    ['\\[a](b.md) [a] (b.md) [a](b c.md)', []],
    ['<https://a.b/c> https://d.e/f. (https://g.h/(i)) <a@b.c>', ['1:1 https://a.b/c', '1:17 https://d.e/f', '1:33 https://g.h/(i)', '1:50 mailto:a@b.c']],
    ['https://a.b/c_(d)_.) x https://e.f/?a&amp;b&amp;). "https://g.h"', ['1:1 https://a.b/c_(d)', '1:24 https://e.f/?a&b', '1:53 https://g.h']],
    ['[https://a.b](c.md)', ['1:1 c.md']],
    ['<p align="center"><a href="x.md"><img alt="y" src=\'z.png\'></a></p>', ['1:22 x.md', '1:47 z.png']],
    ['a <a\n  href="b.md">c</a> <!-- <a href="d.md"> [e](f.md) -->', ['2:3 b.md']],
    ['---\ntitle: "[a](b.md)"\n---\n[c](d.md)', ['4:1 d.md']],
    ['+++\na = 1\n+++\r\n\r\n[c](d.md)\r\n[e](f.md)', ['5:1 d.md', '6:1 f.md']],
    ['{"a":\n1}\n\n[c](d.md)', ['4:1 d.md']],
    ['*[a](b.md)* **x _[c](d.md)_**', ['1:2 b.md', '1:18 d.md']],
  ])('%j', (text, expected) => {
    expect(links(text).sort()).toEqual([...expected].sort());
  });
});

describe('anchors', () => {
  test.each<[string, string[]]>([
    ['# The Release', ['the-release']],
    ['# a\n# a\n# a-1\n# a', ['a', 'a-1', 'a-1-1', 'a-2']],
    ['A b\n===\n\nC d\n---', ['a-b', 'c-d']],
    ['## `npm ci` & *more*, "x" — y.z!', ['npm-ci--more-x--yz']],
    ['# _a_ b_c __d__', ['a-b_c-d']],
    ['# Ünïcode 画像 ① :tada: 🎉 x', ['ünïcode-画像--tada--x']],
    ['## [text](http://a.b) ![alt](c.png)', ['text', 'text-']],
    ['# 🎉 Party', ['-party']],
    ['## The cloudbuild.yaml {#the-cloudbuild-dot-yaml}', ['the-cloudbuild-dot-yaml', 'the-cloudbuildyaml-the-cloudbuild-dot-yaml', 'the-cloudbuildyaml']],
    ['<h2 id=\'y\'>Z <b>z</b></h2>\n<a name="x"></a>\n\n<div id=w>', ['x', 'y', 'z-z', 'w']],
    ['text <a id="i"></a>', ['i']],
    ['> # in a quote\n\n- # in a list', ['in-a-quote', 'in-a-list']],
    ['```\n# no\n```\n<!-- <a id="n"> -->', []],
  ])('%j', (text, expected) => {
    expect(anchors(text).sort()).toEqual([...expected].sort());
  });
});

test.each([
  ['open links', '[a]('.repeat(32_000), [1]],
  ['open brackets', `x\n\n${'['.repeat(50_000)}`, [3]],
  ['images', '!['.repeat(20_000), [1]],
  ['emphasis', '*a_ '.repeat(20_000), []],
  ['tags', '<a '.repeat(20_000), []],
  ['comments', '<!-- '.repeat(20_000), []],
  ['quotes of attributes', '<a b="'.repeat(20_000), []],
  ['a long line', 'a '.repeat(500_000), []],
  ['a long line with a link', `${'a '.repeat(500_000)}[a](b)`, []],
  ['signs of images', '!'.repeat(200_000) + '[a](b)', []],
  ['boxes', '[ ] '.repeat(900), []],
  ['addresses', 'https://a.b/'.repeat(20_000), []],
  ['brackets behind an address', `https://a.b/${')'.repeat(50_000)}`, []],
  ['front matter that is not closed', `---\n${'a: b\n'.repeat(20_000)}`, []],
  ['a list without blank lines', '- [a](b.md) [c](d.md)\n'.repeat(2000), []],
])('%s end soon', (_, text, unread) => {
  expect(readReferences(text).unread).toEqual(unread);
});

test('a long list without blank lines is read to its end', () => {
  expect(links('- [a](b.md)\n'.repeat(1500))).toHaveLength(1500);
});

test('no text makes it throw, and every place is in the text', () => {
  const piece = fc.constantFrom('\n', '\r\n', ' ', '[', ']', '](', '(', ')', '![', '<', '>', '<a href="', '"', '</a>', '<h1>', '</h1>', '# ', '_', '*', '`', '\\', '&amp;', 'https://a.b/c', 'x', '|', '[^1]: ', '[d]: e', '<!--', '-->', '---\n', '> ', '- ', '{#i}', '\0', '\ud800');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), (text) => {
      const rows = text.split(/\r\n?|\n/);
      for (const link of readReferences(text).links) {
        expect(link.line).toBeLessThanOrEqual(rows.length);
        expect(link.column).toBeLessThanOrEqual((rows[link.line - 1] ?? '').length + 1);
      }
    }),
    { numRuns: 2000 },
  );
});
