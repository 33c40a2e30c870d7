// That the blocks alone say of links what the whole document says, read by the reference implementation of CommonMark.
import { Parser } from 'commonmark';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readReferences } from './index.ts';
import { readProse } from './prose.ts';

/** Where links and images lead, of the whole document. Uses of a definition are left out: for us that is the link. */
function targetsByReference(text: string): string[] {
  const walker = new Parser().parse(text).walker();
  const targets: string[] = [];
  for (let step = walker.next(); step !== null; step = walker.next()) {
    const { type, destination } = step.node;
    if (step.entering && (type === 'link' || type === 'image') && !destination?.startsWith('d.md')) targets.push(destination ?? '');
  }
  return targets.sort();
}

test('links are those of the whole document, wherever they stand', () => {
  const line = fc
    .tuple(
      fc.array(fc.constantFrom('> ', '- ', '1. ', '  ', '    ', '\t', '# ', '10) '), { maxLength: 4 }),
      fc.array(fc.constantFrom('[a](b.md)', '[c]', '[c]: d.md', '![e](f.png "g', '")', '<x:y>', '`[', '`', 'word', ' ', '\\', '===', '---', '```', '~~~', '|', '&amp;', '[a\n', '](b)'), { maxLength: 4 }),
    )
    .map(([before, words]) => [...before, ...words].join(''));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }).map((lines) => `x\n${lines.join('\n')}`), (text) => {
      const links = readReferences(text).links.filter(({ target }) => !target.startsWith('d.md'));
      expect(links.map(({ target }) => target).sort()).toEqual(targetsByReference(text));
      const rows = text.split('\n');
      for (const { line: at, column } of links) expect((rows[at - 1] ?? '').slice(column - 1)).toMatch(/^!?\[|^</);
    }),
    { numRuns: 5000 },
  );
});

test('only blocks that can refer to something are read', () => {
  const text = '# Plain words\n\nNothing here.\n\n> - see [a](b.md)\n>   or <c:d>\n\n```\n[e](f)\n```\n\n<p id="g">\n\nTwo *lines* `h`\n===\n';
  const { parts, prose } = readProse(text, 0);
  expect(prose.text).toBe('see [a](b.md)\n    or <c:d>\n\nTwo *lines* `h`\n===\n\n');
  expect(parts.map(({ kind }) => kind)).toEqual(['heading', 'piece', 'html', 'piece']);
  expect(text.slice(prose.originOf(prose.text.indexOf('or')))).toMatch(/^or <c:d>/);
});
