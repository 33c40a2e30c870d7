// An edit changes the bytes of its block and no others, whatever stands around it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRunbook } from '@runbook/model';
import { replaceCode } from './index.ts';
import type { BlockEdit } from './index.ts';

function edit(text: string, fresh: string, index = 0): BlockEdit {
  const block = parseRunbook(text, 'a.md').runbook.data[index];
  if (block === undefined) throw new Error('there is no such block');
  return replaceCode(text, block, fresh);
}

describe('containers, line ends and indentation stay', () => {
  test.each<[string, string, string, string]>([
    ['a plain block', 'x\n\n```yaml\na\nb\n```\ny\n', 'a\nc', 'x\n\n```yaml\na\nc\n```\ny\n'],
    ['an empty block', '```yaml\n```\n', 'a\n\nb', '```yaml\na\n\nb\n```\n'],
    ['a blank block', '```yaml\n\n```\n', 'a', '```yaml\na\n```\n'],
    ['a block that becomes empty', '```yaml\na\n```\n', '', '```yaml\n```\n'],
    ['a quote', '> ```yaml\n> a\n> ```\n', 'a\n\nb', '> ```yaml\n> a\n>\n> b\n> ```\n'],
    ['a tight quote', '>```yaml\n>a\n>```\n', 'b', '>```yaml\n>b\n>```\n'],
    ['a list', '1. x\n\n   ```yaml\n   a\n   ```\n', 'a\n\n  b', '1. x\n\n   ```yaml\n   a\n\n     b\n   ```\n'],
    ['the first line of a list', '- ```yaml\n  a\n  ```\n', 'b', '- ```yaml\n  b\n  ```\n'],
    ['a list in a quote', '> - ```yaml\n>   a\n>   ```\n', 'b\nc', '> - ```yaml\n>   b\n>   c\n>   ```\n'],
    ['tabs', '-\t```yaml\n\ta\n\t```\n', 'b\nc', '-\t```yaml\n\tb\n\tc\n\t```\n'],
    ['an empty block in a list', '- x\n\n  ```yaml\n  ```\n', 'b', '- x\n\n  ```yaml\n  b\n  ```\n'],
    ['an indented fence', '  ```yaml\n  a\n   b\n  ```\n', 'c\n d', '  ```yaml\n  c\n   d\n  ```\n'],
    ['a fence that is indented otherwise than its code', '  ```yaml\na\n```\n', 'b', '  ```yaml\nb\n```\n'],
    ['CRLF', 'x\r\n```yaml\r\na\r\n```\r\ny\n', 'a\nb', 'x\r\n```yaml\r\na\r\nb\r\n```\r\ny\n'],
    ['lone CR', '```yaml\ra\r```\r', 'b\nc', '```yaml\rb\rc\r```\r'],
    ['a byte order mark', '\uFEFF```yaml\na\n```', 'b', '\uFEFF```yaml\nb\n```'],
    ['trailing blanks and lines that stay', '```yaml\na  \n\t\nb\n```  \n', 'a  \n\t\nc', '```yaml\na  \n\t\nc\n```  \n'],
    ['a longer fence', '````yaml\na\n````\n', '```\nb\n```', '````yaml\n```\nb\n```\n````\n'],
    ['steps behind it', '```yaml\na\n```\n\n```sh {name=s effect=read}\nls\n```\n', 'a\nb\nc', '```yaml\na\nb\nc\n```\n\n```sh {name=s effect=read}\nls\n```\n'],
    ['the same code', '```yaml\na\n```\n', 'a', '```yaml\na\n```\n'],
  ])('%s', (_, text, fresh, expected) => {
    expect(edit(text, fresh)).toEqual({ kind: 'edited', text: expected });
  });
});

describe('what would not be read back is refused', () => {
  test.each<[string, string, string, string]>([
    ['a fence in the new code', '```yaml\na\n```\n', 'a\n```\nb', 'the new text holds a fence itself; give the block a longer one'],
    ['a block that is never closed', '```yaml\na\n', 'b', 'the end of the block is not certain'],
    ['a block that its quote ends', '> ```yaml\n> a\nb\n', 'c', 'the end of the block is not certain'],
    ['NUL', '```yaml\na\n```\n', 'a\0', 'the new text holds signs that a block cannot hold'],
    ['CR', '```yaml\na\n```\n', 'a\rb', 'the new text holds signs that a block cannot hold'],
  ])('%s', (_, text, fresh, why) => {
    expect(edit(text, fresh)).toEqual({ kind: 'refused', why });
  });
});

const line = fc.constantFrom('a: 1', '  b: 2', '', 'c', '\td', 'e  ', '`x`', '- f', '> g', '# h', '---', '<!-- i -->', '    j', '~~~', '1. k');
const code = fc.array(line, { maxLength: 6 });
const container = fc.constantFrom<readonly [string, string]>(['', ''], ['> ', '> '], ['>', '>'], ['- ', '  '], ['1. ', '   '], ['-\t', '\t'], ['> - ', '>   '], ['- > ', '  > '], ['  ', '  '], ['* 1. ', '     ']);
const block = fc.record({ code, container, marks: fc.constantFrom('```', '````', '`````') });
const around = fc.array(fc.constantFrom('text', '', '# Heading', '- [ ] Look <!-- {name=x} -->', '| a | b |', '  trailing  ', '```sh {effect=read}\nls\n```', '<div>\n\nx\n\n</div>'), { maxLength: 4 }).map((parts) => parts.join('\n\n'));
const eol = fc.constantFrom('\n', '\r\n', '\r');

test('only the lines of the block change, they say the new code, and a second edit changes nothing', () => {
  let edited = 0;
  fc.assert(
    fc.property(around, block, around, eol, fc.tuple(code, fc.boolean()), (before, { code: old, container: [first, rest], marks }, after, newline, [fresh, bom]) => {
      const opening = [`${first}${marks}yaml {source=https://example.org/a}`];
      const closing = [`${rest}${marks}`, '', after, ''];
      const head = (before === '' ? [] : [before, '', '']).concat(opening).join('\n').replaceAll('\n', newline) + newline;
      const tail = closing.join('\n').replaceAll('\n', newline);
      const body = old.map((text) => rest + text + newline).join('');
      const document = (bom ? '\uFEFF' : '') + head + body + tail;
      const { runbook } = parseRunbook(document, 'a.md');
      const index = runbook.data.findIndex((data) => data.attributes['source'] !== undefined);
      const found = runbook.data[index];
      // Lines such as "- f" in a tab container may mean something else; such a document has no block of ours.
      if (found === undefined) return;
      const wanted = fresh.join('\n');
      const result = replaceCode(document, found, wanted);
      if (result.kind === 'refused') return;
      edited += 1;
      expect(result.text.startsWith((bom ? '\uFEFF' : '') + head)).toBe(true);
      expect(result.text.endsWith(tail)).toBe(true);
      const again = parseRunbook(result.text, 'a.md').runbook.data[index];
      expect(again?.source).toBe(wanted);
      expect(again === undefined ? undefined : replaceCode(result.text, again, wanted)).toEqual({ kind: 'edited', text: result.text });
      const back = again === undefined ? undefined : replaceCode(result.text, again, found.source);
      if (back?.kind === 'edited') expect(parseRunbook(back.text, 'a.md').runbook.data[index]?.source).toBe(found.source);
    }),
    { numRuns: 600 },
  );
  expect(edited).toBeGreaterThan(400);
});
