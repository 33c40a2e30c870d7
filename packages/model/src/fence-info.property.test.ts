// What holds of any info string.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFenceInfo } from './fence-info.ts';

test('whatever is written in either form is read back, with its offset', () => {
  const key = fc.stringMatching(/^[a-z][a-z-]{0,8}$/);
  const value = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });
  fc.assert(
    fc.property(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), fc.boolean(), (attributes, json) => {
      const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
      const info = `sh ${json ? JSON.stringify(attributes) : `{${Object.entries(attributes).map(([k, v]) => `${k}=${quoted(v)}`).join(' ')}}`}`;
      const read = parseFenceInfo(info);
      expect(read.faults).toEqual([]);
      expect(Object.fromEntries(read.entries.map((entry) => [entry.key, entry.value]))).toEqual(attributes);
      for (const entry of read.entries) expect(info.slice(entry.offset).replace('"', '').startsWith(entry.key)).toBe(true);
    }),
  );
});

test('it never throws', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('{', '}', '"', "'", '=', ' ', 'a', ',', ':', '\\', '1', '[', '\t', '.') }), (info) => parseFenceInfo(info).entries.length >= 0));
});
