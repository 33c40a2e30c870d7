// The blocks of any Markdown are what the reference parser of CommonMark finds.
import { Parser } from 'commonmark';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBlocks } from './block.ts';

/** What the reference parser makes of a text: the sorts of its blocks, the lines they begin on, and the text of code. */
function reference(text: string): string[] {
  const found: string[] = [];
  const walker = new Parser().parse(text).walker();
  for (let step = walker.next(); step !== null; step = walker.next()) {
    const { node } = step;
    if (!step.entering || node.type === 'paragraph') continue;
    const line = node.sourcepos?.[0]?.[0];
    if (node.type === 'code_block') found.push(`code ${line} ${(node.literal ?? '').replace(/\n+$/, '')}`);
    else if (node.type === 'html_block') found.push(`html ${line}`);
    else if (node.type === 'heading') found.push(`heading ${node.level}`);
    else if (node.type === 'thematic_break') found.push(`rule ${line}`);
  }
  return found;
}

function ours(text: string): string[] {
  return readBlocks(text, 0, 1000).leaves.flatMap((leaf) => {
    const line = text.slice(0, leaf.offset).split('\n').length;
    if (leaf.kind === 'fence' || leaf.kind === 'indented') return [`code ${line} ${leaf.text.replace(/\n+$/, '')}`];
    if (leaf.kind === 'heading') return [`heading ${leaf.depth}`];
    return leaf.kind === 'paragraph' ? [] : [`${leaf.kind} ${line}`];
  });
}

// Without a strange tag alone on a lazy line, which GitHub reads as HTML and the reference as text; we side with what readers see.
const piece = fc.constantFrom(
  ' ', ' ', '  ', '    ', '\t', '\n', '\n', '\n', '\n\n', '> ', '>', '- ', '-', '* ', '+ ', '1. ', '2) ', '1.', '10. ', '123456789. ', '1234567890. ', '#', '# ', '####### ', '=', '===', '---', '***', '- - -', '___',
  '```', '````', '~~~', '~~~~', '`', '<!--', '-->', '<div>', '</div>', '<script>', '<?', '?>', '<!A', '<![CDATA[', ']]>', '<', 'a', 'b', '[a]: b\n', '[a]: <b> "c"\n', '[a]:', '"x"', '\\', '[', ']', '"', '\u00a0', '\0',
);

test('arbitrary text has the blocks that the reference parser finds', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join('')), (text) => {
      // The reference takes no definition whose line ends with a blank.
      if (!/\]:[^\n]*[ \t]\n/.test(text)) expect(ours(text)).toEqual(reference(text));
    }),
    { numRuns: 4000 },
  );
});

test('every block lies behind the one before it, inside the text', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')), (text) => {
      let before = 0;
      for (const { offset, end } of readBlocks(text, 0, 1000).leaves) {
        expect(offset).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThanOrEqual(offset);
        expect(end).toBeLessThanOrEqual(text.length);
        before = end;
      }
    }),
    { numRuns: 2000 },
  );
});
