import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRunningDigest } from './running-digest.ts';

const bytes = Buffer.alloc(11 * 1024 * 1024, 'a period that no part has as its length');
const parts = Array.from({ length: 176 }, (_, i) => bytes.subarray(i * 65_536, (i + 1) * 65_536));

test.each(['sha256', 'sha512'])('a digest by %s is that of all bytes, wherever it is taken up again', (algorithm) => {
  const whole = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
  const digest = createRunningDigest(`${algorithm}:`);
  for (const part of parts) digest.update(part);
  expect(digest.text()).toBe(whole);
  for (const to of [bytes.length, 9_000_000, 8_999_999, 100, 0, bytes.length - 1]) {
    const start = digest.rewind(Math.min(to, digest.seen()));
    expect(start).toBeLessThanOrEqual(to);
    expect(to - start, 'not everything is read again').toBeLessThan(to <= 9_000_000 ? 5 * 1024 * 1024 : bytes.length);
    digest.update(bytes.subarray(start));
    expect(digest.text(), `from ${to}`).toBe(whole);
  }
});
