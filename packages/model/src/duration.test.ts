import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

const day = 86_400_000;

test.each([
  ['30s', 30_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', day],
  ['12d', 12 * day],
  ['10h20m30s', 37_230_000],
  ['1d12h', 1.5 * day],
  ['1.25d', 1.25 * day],
  ['1.25h', 4_500_000],
  ['1.25m', 75_000],
  ['1.25s', 1250],
  ['10.125s', 10_125],
  ['0.001s', 1],
  ['366d', 366 * day],
])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['', '0s', '0.000s', '30', 's', '1.s', '.5s', '1.2345s', '-1s', '+1s', '1 s', ' 1s', '1s ', '1s\n', '1S', '1ms', '1w', '1s1m', '1m1h', '1h1d', '1h1h', '366d1s', '1234567890s'])('"%s" is no length of time', (text) => expect(parseDuration(text)).toBeUndefined());
