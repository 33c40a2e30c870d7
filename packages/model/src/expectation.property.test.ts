// What holds of any output and what is expected of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExpectation } from './expectation.ts';
import { matchExpectation } from './index.ts';

function match(block: string, stdout: string, exitCode = 0, language = 'text'): string {
  const { expectation, faults } = parseExpectation(block, language, 1);
  expect(faults).toEqual([]);
  const answer = matchExpectation(expectation, { stdout, exitCode });
  return answer.ok ? 'ok' : answer.diff;
}

/** Any line as an author would write it: with `(equal)` where its end means something. */
const written = (line: string): string => (/\)$|^\[\d+\]$/.test(line) || line === '' ? `${line} (equal)` : line);
const line = fc.oneof(fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\n', '')), fc.constantFrom('', 'a', ' (glob)', 'x (regex)', '[1]', 'a (no-eol)', '(', '*'));

describe('whatever is printed', () => {
  test('fits itself, and nothing that differs in a line', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.nat(), line, (lines, place, other) => {
        const block = lines.map(written).join('\n');
        const stdout = lines.map((text) => `${text}\n`).join('');
        expect(match(block, stdout)).toBe('ok');
        expect(match(block, `${stdout}more\n`)).not.toBe('ok');
        const index = place % Math.max(1, lines.length);
        if (lines.length === 0 || other === lines[index]) return;
        expect(match(block, lines.with(index, other).map((text) => `${text}\n`).join(''))).not.toBe('ok');
      }),
      { numRuns: 1500 },
    );
  });

  test('fits its signs with a backslash each as a glob, and a star', () => {
    fc.assert(
      fc.property(line, (text) => {
        expect(match(`${[...text].map((sign) => `\\${sign}`).join('')} (glob)`, `${text}\n`)).toBe('ok');
        expect(match('* (glob)', `${text}\n`)).toBe('ok');
      }),
    );
  });

  test('is compared as JSON with itself, and with less than itself', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (object, key, value) => {
        const stdout = JSON.stringify({ ...object, [key]: value });
        const less = JSON.parse(stdout) as Record<string, unknown>;
        expect(match(JSON.stringify(less), stdout, 0, 'json')).toBe('ok');
        delete less[Object.keys(less)[0] ?? ''];
        expect(match(JSON.stringify(less), stdout, 0, 'json')).toBe('ok');
      }),
    );
  });

  test('never makes it throw, and a difference always has a sign in front', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('text', 'json'), fc.nat(2), (block, stdout, language, exitCode) => {
        const { expectation } = parseExpectation(block, language, 1);
        const answer = matchExpectation(expectation, { stdout, exitCode });
        if (!answer.ok) expect(answer.diff).toMatch(/^[-+ ]/);
      }),
      { numRuns: 2000 },
    );
  });
});
