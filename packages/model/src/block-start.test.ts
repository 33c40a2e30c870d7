// How blocks begin and end on a line, where the examples of CommonMark say nothing: tabs, ends of text, lengths.
import { expect, test } from 'vitest';
import { closesFence, endsHtml, findFence, findHeadingDepth, findHtml, findListMark, findUnderline, isRule } from './block-start.ts';

test.each([
  ['```', { sign: '`', count: 3 }],
  ['~~~~ a ` b', { sign: '~', count: 4 }],
  ['``` a', { sign: '`', count: 3 }],
  ['``', undefined],
  ['``` a`', undefined],
  ['~~', undefined],
  ['---', undefined],
  ['', undefined],
])('%j opens the fence %j', (line, mark) => expect(findFence(line, 0, line.length)).toEqual(mark));

test('a line ends where its end says, whatever stands behind', () => {
  expect(findFence('```\n`', 0, 3)).toEqual({ sign: '`', count: 3 });
  expect(findFence('````', 0, 3)).toEqual({ sign: '`', count: 3 });
  expect(closesFence('```\nx', 0, 3, { sign: '`', count: 3 })).toBe(true);
  expect(closesFence('```', 3, 3, { sign: '`', count: 3 })).toBe(false);
  expect(findListMark('1.\n', 0, 2)).toEqual({ width: 2, interrupts: true });
  expect(findListMark('12', 0, 1)).toBeUndefined();
  expect(findListMark('-', 0, 0)).toBeUndefined();
  expect(findHeadingDepth('##\n#', 0, 2)).toBe(2);
  expect(findUnderline('==\nx', 0, 2)).toBe(1);
  expect(isRule('***\nx', 0, 3)).toBe(true);
});

test.each([
  ['```', true],
  ['```` \t', true],
  ['``', false],
  ['~~~', false],
  ['``` x', false],
  ['```x', false],
])('%j closes ```: %s', (line, closes) => expect(closesFence(line, 0, line.length, { sign: '`', count: 3 })).toBe(closes));

test.each([
  ['# a', 1],
  ['######\ta', 6],
  ['##', 2],
  ['####### a', undefined],
  ['#a', undefined],
  ['a', undefined],
])('%j is a heading of level %s', (line, depth) => expect(findHeadingDepth(line, 0, line.length)).toBe(depth));

test.each([
  ['=', 1],
  ['== \t ', 1],
  ['-', 2],
  ['= =', undefined],
  ['=-', undefined],
  ['_', undefined],
  ['==x', undefined],
])('%j underlines a heading of level %s', (line, depth) => expect(findUnderline(line, 0, line.length)).toBe(depth));

test.each([
  ['***', true],
  ['-\t- -  ', true],
  ['_ _ _ _', true],
  ['* *', false],
  ['**-', false],
  ['***a', false],
  ['===', false],
])('%j is a rule: %s', (line, is) => expect(isRule(line, 0, line.length)).toBe(is));

test.each([
  ['- a', { width: 1, interrupts: true }],
  ['+', { width: 1, interrupts: true }],
  ['*\ta', { width: 1, interrupts: true }],
  ['1. a', { width: 2, interrupts: true }],
  ['001) a', { width: 4, interrupts: true }],
  ['0. a', { width: 2, interrupts: false }],
  ['2. a', { width: 2, interrupts: false }],
  ['11) a', { width: 3, interrupts: false }],
  ['123456789. a', { width: 10, interrupts: false }],
  ['1234567890. a', undefined],
  ['12345678901. a', undefined],
  ['1: a', undefined],
  ['1a', undefined],
  ['-a', undefined],
  ['1.a', undefined],
  ['.', undefined],
  ['12', undefined],
  ['', undefined],
])('%j begins a list item %j', (line, mark) => expect(findListMark(line, 0, line.length)).toEqual(mark));

test.each([
  ['<pre', 1],
  ['<SCRIPT>', 1],
  ['<style a', 1],
  ['<textarea\t', 1],
  ['<prex', undefined],
  ['<!-- a', 2],
  ['<? a', 3],
  ['<!a', 4],
  ['<![CDATA[', 5],
  ['<div', 6],
  ['</DIV>', 6],
  ['<h1/>', 6],
  ['<h7>', 7],
  ['<divx', undefined],
  ['<a>', 7],
  ['<a b="c" d=\'e\' f=g h i:j = k />\t ', 7],
  ['</a >', 7],
  ['<a>\n', 7],
  ['<a> b', undefined],
  ['<a b="c>', undefined],
  ['<a b=c"d>', undefined],
  ['</a b>', undefined],
  ['< a>', undefined],
  ['<1>', undefined],
  ['<a', undefined],
])('%j begins HTML of sort %s', (line, kind) => {
  expect(findHtml(line, 0, false)).toBe(kind);
  expect(findHtml(line, 0, true)).toBe(kind === 7 ? undefined : kind);
});

test.each([
  ['a</PRE>b', 1, true],
  ['</div>', 1, false],
  ['-->', 2, true],
  ['?>', 3, true],
  ['a>b', 4, true],
  [']]>', 5, true],
  [']>', 5, false],
  ['</div>', 6, false],
  ['</a>', 7, false],
] as const)('%j ends HTML of sort %s: %s', (line, kind, ends) => expect(endsHtml(line, kind)).toBe(ends));
