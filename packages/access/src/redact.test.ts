import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { createRedactor } from './redact.ts';

const secret = 'correct-horse/battery+staple';

describe('a whole text', () => {
  test.each([
    ['plain', `token=${secret}.`, 'token=***.'],
    ['URL-encoded', `?t=${encodeURIComponent(secret)}&x`, '?t=***&x'],
    ['JSON-escaped', JSON.stringify({ t: `a"${secret}` }), '{"t":"a\\"***"}'],
    ['a GitHub token shape', 'see ghp_0123456789abcdefghij0123456789abcdef', 'see ***'],
    ['basic auth in a URL', 'https://user:hunter22secret@example.com/x', 'https://user:***@example.com/x'],
    ['nothing secret', 'a plain line', 'a plain line'],
  ])('%s', (_name, text, expected) => {
    expect(createRedactor([secret]).redact(text)).toBe(expected);
  });

  test('base64 in each of the three alignments', () => {
    for (const before of ['', 'x', 'xy']) {
      const text = Buffer.from(`${before}${secret}zz`).toString('base64');
      const shown = createRedactor([secret]).redact(text);
      expect(shown).toContain('***');
      expect(Buffer.from(shown.replaceAll('***', ''), 'base64').toString()).not.toContain('battery');
    }
  });

  test.each([
    ['a form', 'a+b%2Fc+%21+%27d%27+~e'],
    ['an address, small digits', 'a%20b%2fc%20!%20\'d\'%20~e'],
    ['a strict address', 'a%20b%2Fc%20%21%20%27d%27%20%7Ee'],
    ['printf %q', String.raw`a\ b/c\ \!\ \'d\'\ \~e`],
    ['single quotes of a shell', String.raw`a b/c ! '\''d'\'' ~e`],
    ['$-quotes of a shell', String.raw`a b/c ! \'d\' ~e`],
    ['HTML', 'a b/c ! &#39;d&#39; ~e'],
  ])('as %s writes it', (_name, text) => {
    expect(createRedactor(["a b/c ! 'd' ~e"]).redact(`<${text}>`)).toBe('<***>');
  });

  test.each([
    ['double quotes of a shell', 'pa$$ "word"', String.raw`pa\$\$ \"word\"`],
    ['HTML', 'pass <word> & more "', 'pass &lt;word&gt; &amp; more &quot;'],
    ['JSON of Go', 'pass<word>&"more"', String.raw`pass\u003cword\u003e\u0026\"more\"`],
    ['JSON of Python', 'gehe\u00fcm/\u{1f600}es Wort', String.raw`gehe\u00fcm/\ud83d\ude00es Wort`],
    ['JSON with large digits', 'gehe\u00fcm/es Wort', String.raw`gehe\u00FCm\u002Fes Wort`],
    ['lines in $-quotes', 'first line of it\nsecond line', String.raw`first line of it\nsecond line`],
  ])('as %s writes it: %s', (_name, value, text) => {
    expect(createRedactor([value]).redact(`<${text}>`)).toBe('<***>');
  });

  test.each([76, 64])('base64 in lines of %i', (columns) => {
    const long = Array.from({ length: 40 }, (_, i) => `word${i}`).join('-');
    const text = (Buffer.from(long).toString('base64').match(new RegExp(`.{1,${columns}}`, 'g')) ?? []).join('\n');
    expect(createRedactor([long]).redact(text)).toMatch(/^\*\*\*.?=*$/);
  });

  test('base64 behind something else, in lines of any length, whole and in pieces', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 4, max: 90 }), fc.array(fc.nat(40), { maxLength: 30 }), (before, columns, cuts) => {
        const encoded = Buffer.from(`${before}${secret}`).toString('base64');
        const text = `${(encoded.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []).join('\n')}\nnext line\n`;
        const stream = createRedactor([secret]).stream();
        let shown = '';
        let at = 0;
        for (const cut of [...cuts, text.length]) {
          shown += stream.push(text.slice(at, at + cut));
          at += cut;
        }
        shown += stream.flush();
        expect(shown).toMatch(/next line\n$/);
        const left = Buffer.from(shown.replaceAll('***', '').replaceAll('\n', ''), 'base64').toString('latin1');
        expect(left).not.toContain('horse/battery+st');
        expect(shown.replaceAll('\n', '')).not.toContain(Buffer.from(`${before}${secret}`).toString('base64').slice(-24, -4));
      }),
    );
  });

  test('a line that may be the beginning of base64 is not held back for it', () => {
    const stream = createRedactor([secret]).stream();
    const begin = Buffer.from(secret).toString('base64').slice(0, 5);
    expect(stream.push(`see ${begin}\n`)).toBe(`see ${begin}\n`);
  });

  test('a secret of several lines, whole and line by line', () => {
    const lines = 'first line of it\nsecond line of it';
    const redactor = createRedactor([lines]);
    expect(redactor.redact(`a ${lines} b`)).toBe('a *** b');
    expect(redactor.redact('only the second line of it here')).toBe('only the *** here');
  });

  test('a private key, whatever it is called', () => {
    const key = ['-----BEGIN', 'OPENSSH PRIVATE KEY-----\nabc\ndef\n-----END', 'OPENSSH PRIVATE KEY-----'].join(' ');
    expect(createRedactor([]).redact(`x\n${key}\ny`)).toBe('x\n***\ny');
  });

  test('a value that is too short to be a secret is left alone', () => {
    expect(createRedactor(['abc']).redact('abc')).toBe('abc');
  });
});

describe('a stream', () => {
  test('finds a secret wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(secret, 'a', '\n', ' line of text\n', secret.slice(0, 9), 'ghp_0123456789abcdefghij'), { maxLength: 12 }), fc.array(fc.nat(400), { maxLength: 12 }), (parts, cuts) => {
        const text = parts.join('');
        const redactor = createRedactor([secret]);
        const stream = redactor.stream();
        let out = '';
        let from = 0;
        for (const to of [...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]) {
          out += stream.push(text.slice(from, to));
          from = to;
        }
        out += stream.flush();
        expect(out).not.toContain(secret);
        expect(out).not.toMatch(/ghp_\w{16}/);
        expect(out.replaceAll('***', '').length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  test('gives whole lines at once, and what is held back at the end', () => {
    const stream = createRedactor([secret]).stream();
    expect(stream.push('one\ntwo\nthr')).toBe('one\ntwo\n');
    expect(stream.push('ee\n')).toBe('three\n');
    expect(stream.push('four')).toBe('');
    expect(stream.flush()).toBe('four');
  });

  test('does not hold a long line without an end for ever', () => {
    const stream = createRedactor([secret]).stream();
    expect(stream.push('x'.repeat(100_000)).length).toBeGreaterThan(50_000);
  });

  test('gives a question at once where nothing more comes', () => {
    const stream = createRedactor([secret]).stream();
    expect([stream.push('Which one? '), stream.pause(), stream.pause(), stream.flush()]).toEqual(['', 'Which one? ', '', '']);
    expect(stream.push('next\n')).toBe('next\n');
  });

  test.each([1, 2, 3, 5, 100])('echoes what is typed, %i characters at a time, and never more than three of a secret or a token', (size) => {
    for (const typed of [secret, `ghp_${'a'.repeat(36)}`, Buffer.from(`x${secret}y`).toString('base64')]) {
      const stream = createRedactor([secret]).stream();
      const text = `say ${typed} twice, say it\r\nplain text`;
      let shown = '';
      for (let at = 0; at < text.length; at += size) shown += stream.push(text.slice(at, at + size)) + stream.pause();
      shown += stream.flush();
      expect(shown).toMatch(/^say .{0,5}\*\*\*.{0,3} twice, say it\r\nplain text$/);
      expect(shown).not.toContain(typed.slice(0, 6));
    }
  });
});
