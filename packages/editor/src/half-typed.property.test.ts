// What must hold for any text and any place in it: nothing throws, and every answer lies inside the text.
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { DocumentSymbol, Range } from 'vscode-languageserver-protocol';
import { completionsAt, definitionAt, diagnosticsOf, hoverAt, openPage, symbolsOf } from './index.ts';
import { release } from './page.test.marked.ts';
import type { Page } from './index.ts';

const runbooks = new URL('../../../runbooks/', import.meta.url);
const documents = [release, release.replaceAll('\n', '\r\n'), `\uFEFF${release}`, ...readdirSync(runbooks).filter((name) => name.endsWith('.md')).map((name) => readFileSync(new URL(name, runbooks), 'utf8').slice(0, 2500))];
const piece = fc.constantFrom(
  '\n', '\n\n', '\r\n', '\r', ' ', '    ', '> ', '- ', '- [ ] ', '# h\n', '---\n', '+++\n', '{', '}', '[', ']', '```', '~~~', '```sh {effect=', '```js {needs=a,', '```\n', 'export x=1', '$', '${', '"', "'", '`', '<!-- {', ' -->',
  '{name=a', '{"name":', 'inputs:\n', '  v: { type: ', 'lock: "{', 'title: x\n', '[inputs.v]\n', 'x = { a = ', '[a](b.md) <!-- {include ', '\0', '\u2028', '\ud800', '🎉', '\\', ',', '=', ':', 'if="passed(',
);

/** A document as it is while somebody types: cut off, a piece taken out, a piece put in, or pieces alone. */
const text = fc.oneof(
  fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.tuple(fc.constantFrom(...documents), fc.nat(2500), fc.nat(20), fc.array(piece, { maxLength: 3 })).map(([document, at, taken, put]) => document.slice(0, at) + put.join('') + document.slice(at + taken)),
  fc.tuple(fc.constantFrom(...documents), fc.nat(2500), piece).map(([document, at, put]) => document.slice(0, at) + put),
);

function expectInside(page: Page, range: Range): void {
  const lines = page.text.split(/\r\n|\r|\n/);
  for (const { line, character } of [range.start, range.end]) {
    expect(line).toBeGreaterThanOrEqual(0);
    expect(line).toBeLessThan(lines.length);
    expect(character).toBeGreaterThanOrEqual(0);
    expect(character).toBeLessThanOrEqual((lines[line] ?? '').length + 1);
  }
  expect(page.offsetAt(range.start)).toBeLessThanOrEqual(page.offsetAt(range.end));
}

function expectNested(page: Page, symbols: readonly DocumentSymbol[], inside?: Range): void {
  for (const symbol of symbols) {
    expectInside(page, symbol.range);
    for (const [inner, outer] of [[symbol.selectionRange, symbol.range], [symbol.range, inside ?? symbol.range]] as const) {
      expect(page.offsetAt(inner.start)).toBeGreaterThanOrEqual(page.offsetAt(outer.start));
      expect(page.offsetAt(inner.end)).toBeLessThanOrEqual(page.offsetAt(outer.end));
    }
    expectNested(page, symbol.children ?? [], symbol.range);
  }
}

test('every question has an answer inside the text', () => {
  fc.assert(
    fc.property(text, fc.nat(2500), fc.constantFrom(undefined, '{', ' ', '$'), (source, at, trigger) => {
      const page = openPage(source, 'file:///a.md');
      for (const diagnostic of diagnosticsOf(page)) expectInside(page, diagnostic.range);
      expectNested(page, symbolsOf(page));
      const position = page.rangeOf({ start: Math.min(at, page.text.length), end: Math.min(at, page.text.length) }).start;
      const hover = hoverAt(page, position);
      if (hover?.range !== undefined) expectInside(page, hover.range);
      const location = definitionAt(page, position);
      if (location?.uri === page.uri) expectInside(page, location.range);
      for (const item of completionsAt(page, position, trigger)) {
        const range = item.textEdit !== undefined && 'range' in item.textEdit ? item.textEdit.range : undefined;
        if (range === undefined) throw new Error('an offer says what it replaces');
        expectInside(page, range);
        // Editors refuse an edit that spans lines or lies elsewhere.
        expect(range.start.line).toBe(position.line);
        expect(range.end.line).toBe(position.line);
        expect(range.start.character).toBeLessThanOrEqual(position.character);
        expect(range.end.character).toBeGreaterThanOrEqual(position.character);
      }
    }),
    { numRuns: 600 },
  );
});

test('a position and its offset lead to each other', () => {
  fc.assert(
    fc.property(text, fc.nat(2500), (source, at) => {
      const page = openPage(source, 'file:///a.md');
      const offset = Math.min(at, page.text.length);
      const back = page.offsetAt(page.rangeOf({ start: offset, end: offset }).start);
      // The middle of a line end is no place of its own.
      expect(back === offset || /^[\r\n]$/.test(page.text[offset - 1] ?? '')).toBe(true);
    }),
  );
});

test('time is linear in the length of the text', () => {
  for (const unit of ['inputs:\n  v: { a: {', '- [ ] a <!-- {name=', '```sh {a="', '# a #', '  v: { ', '[a](', '${', '\n- ', '{"', '<!-- {']) {
    const page = openPage(`---\n${unit.repeat(20_000)}`, 'file:///a.md');
    const position = { line: 1, character: 5000 };
    diagnosticsOf(page);
    symbolsOf(page);
    hoverAt(page, position);
    completionsAt(page, position);
  }
}, 60_000);
