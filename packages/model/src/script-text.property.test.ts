// What holds of any script text.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readScriptNames } from './script-text.ts';

test('offsets point at the names, and it never throws', () => {
  const piece = fc.constantFrom('export ', 'const ', 'a', ' ', '=', '{', '}', '[', ']', '(', ')', '`', '${', '"', "'", '/', '//', '/*', '*/', '\n', ',', ';', '.', '?', ':', '1', '\\', 'import ', 'é', '=>', '...', 'for ', 'of ', 'function ', 'class ', 'catch ', 'var ', 'type ', 'b');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), (source) => {
      const { exports, uses } = readScriptNames(source);
      for (const { name, offset } of [...exports, ...uses]) expect(source.startsWith(name, offset)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});
