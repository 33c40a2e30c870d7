// What holds of any shell text.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readShellNames } from './shell-text.ts';

test('offsets point at the names, and it never throws', () => {
  const piece = fc.constantFrom('export ', 'X', '=', '$X', '${X', '}', '$(', ')', '`', '"', "'", '\n', ' ', '<<EOF', 'EOF', '#', '((', '))', 'case X in', 'esac', ';', '\\', '&', '>', '|', '<(', "$'", '\u00a0', '\r');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), (source) => {
      const names = readShellNames(source);
      for (const { name, offset } of names.uses) expect(source.startsWith(name, offset)).toBe(true);
      for (const [start, end] of names.comments) expect(source[start] === '#' && end <= source.length).toBe(true);
    }),
    { numRuns: 5000 },
  );
});
