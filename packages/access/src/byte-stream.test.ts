import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const secret = 'correct-horse/battery+stäple';
const token = `ghp_${'Ab1'.repeat(12)}`;
const key = ['-----BEGIN', `OPENSSH PRIVATE KEY-----\n${'QUJDREVGR0g=\n'.repeat(8)}-----END`, 'OPENSSH PRIVATE KEY-----'].join(' ');

/** What comes out when bytes arrive in pieces of the given lengths, over and over. Each piece is overwritten once it was taken. */
function streamed(secrets: readonly string[], bytes: Buffer, lengths: readonly number[]): Buffer {
  const stream = createRedactor(secrets).byteStream();
  const out: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const chunk = Buffer.from(bytes.subarray(at, at + (lengths[i % lengths.length] ?? 1)));
    for (const piece of stream.push(chunk)) out.push(Buffer.from(piece));
    chunk.fill('!');
    at += chunk.length;
  }
  return Buffer.concat([...out, ...stream.flush()]);
}

const part = fc.oneof(
  fc.constantFrom('a plain line\n', 'no end ', 'snake_case_word ', '\n', 'é漢🎉', 'gh', 'ghp_', '_', '://', 'KIAJ29.', '-----BEGIN', 'x'.repeat(400), token, key, secret, Buffer.from(secret).toString('base64'), 'https://robin:pa55w0rd@example.com/x', 'AKIA0123456789ABCDEF', `ya29.${'Ab-1'.repeat(8)}`),
  fc.string({ maxLength: 30, unit: 'binary' }).map((text) => Buffer.from(text).toString()),
);

describe('bytes in pieces come out as the whole text does', () => {
  test.each([['without a secret', []], ['with a secret', [secret]]])('%s', (_name, secrets) => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }), (parts, lengths) => {
        const text = parts.join(' ');
        const shown = streamed(secrets, Buffer.from(text), lengths).toString();
        for (const hidden of [token, 'QUJDREVGR0g=', 'pa55w0rd@', ...secrets]) expect(shown).not.toContain(hidden);
        // a word that is longer than what is kept back may be cut, and then more of it is hidden
        if (text.split('\n').every((line) => line.length < 200)) expect(shown).toBe(createRedactor(secrets).redact(text));
      }),
      { numRuns: 400 },
    );
  });
});

test('whole lines are passed on at once, the last one when it ends', () => {
  const stream = createRedactor([]).byteStream();
  const take = (text: string): string => Buffer.concat([...stream.push(Buffer.from(text))]).toString();
  expect([take('one\ntwo\nthr'), take('ee\n'), take(`four ${token.slice(0, 9)}`), take(`${token.slice(9)}\nfive`), Buffer.concat([...stream.flush()]).toString()]).toEqual(['one\ntwo\n', 'three\n', '', 'four ***\n', 'five']);
});

test('of a line without an end all but what a secret may need is passed on, and no character is cut', () => {
  const stream = createRedactor([]).byteStream();
  const pieces = stream.push(Buffer.from(`a${'é'.repeat(1000)}`));
  expect(pieces.map((piece) => piece.toString())).toEqual([`a${'é'.repeat(872)}`]);
  expect(Buffer.concat([...stream.flush()]).toString()).toBe('é'.repeat(128));
});

test('bytes that are no text come out as text', () => {
  expect(streamed([], Buffer.from([0x61, 0xff, 0x0a, 0x62, 0xc3, 0x0a, 0xe2, 0x82]), [3]).toString()).toBe('a\ufffd\nb\ufffd\n\ufffd');
});
