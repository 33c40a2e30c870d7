import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, type Redactor } from './redact.ts';

/** What a stream shows when the text arrives in pieces of the given lengths, over and over. */
function streamed(redactor: Redactor, text: string, lengths: readonly number[]): string {
  const stream = redactor.stream();
  let out = '';
  for (let at = 0, i = 0; at < text.length; i += 1) {
    const length = lengths[i % lengths.length] ?? 1;
    out += stream.push(text.slice(at, at + length));
    at += length;
  }
  return out + stream.flush();
}

const token = `ghp_${'Ab1'.repeat(12)}`;
const fine = `github_pat_${'Ab1_'.repeat(12)}`;
const jwt = `eyJ${'aGVhZGVy'.repeat(3)}.eyJ${'cGF5bG9hZA'.repeat(40)}.${'c2ln'.repeat(10)}`;
const key = ['-----BEGIN', `OPENSSH PRIVATE KEY-----\n${'QUJDREVGR0g=\n'.repeat(20)}-----END`, 'OPENSSH PRIVATE KEY-----'].join(' ');

describe('token shapes are hidden without being told, also when they arrive in pieces', () => {
  test.each([
    ['GitHub, classic', `a ${token} b`, 'a *** b'],
    ['GitHub, fine-grained', `a ${fine} b`, 'a *** b'],
    ['JWT', `bearer ${jwt}.`, 'bearer ***.'],
    ['private key', `x\n${key}\ny`, 'x\n***\ny'],
    ['private key in JSON', JSON.stringify({ key }), '{"key":"***"}'],
    ['password in a URL', 'https://robin:pa55w0rd@example.com/x', 'https://robin:***@example.com/x'],
    ['nothing', 'ghp_short, https://example.com:8080/x and eyJ alone', 'ghp_short, https://example.com:8080/x and eyJ alone'],
  ])('%s', (_name, text, expected) => {
    const redactor = createRedactor([]);
    expect(redactor.redact(text)).toBe(expected);
    for (const length of [1, 3, 64, 300]) expect(streamed(redactor, text, [length])).toBe(expected);
  });
});

test('a token in a long line without an end is never cut in two', () => {
  const redactor = createRedactor([]);
  for (let before = 0; before < 60; before += 1) {
    const stream = redactor.stream();
    const out = stream.push(`${'x'.repeat(before)} ${token} ${'y'.repeat(250)}`) + stream.push('z '.repeat(400)) + stream.flush();
    expect(out).not.toContain('Ab1Ab1');
  }
});

test('whatever the pieces, a stream hides what the whole text hides', () => {
  const secret = 'correct horse battery';
  const redactor = createRedactor([secret]);
  const part = fc.oneof(fc.constantFrom(secret, token, fine, jwt, 'correct horse', '\n', ' ', '\r\n', 'https://a:', '@'), fc.string({ maxLength: 300 }));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }), (parts, lengths) => {
      const out = streamed(redactor, parts.join(' '), lengths);
      for (const hidden of [secret, token, fine, jwt]) expect(out).not.toContain(hidden.slice(0, 20));
    }),
  );
});
