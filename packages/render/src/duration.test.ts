import { expect, test } from 'vitest';
import { formatDuration, formatLimit } from './duration.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

test.each([
  [0, '0.0s'],
  [-5, '0.0s'],
  [Number.NaN, '0.0s'],
  [260, '0.2s'],
  [9_999, '9.9s'],
  [12_400, '12s'],
  [59_999, '59s'],
  [minute, '1m 00s'],
  [3 * minute + 5 * second, '3m 05s'],
  [hour - 1, '59m 59s'],
  [2 * hour + 10 * minute, '2h 10m'],
  [24 * hour - 1, '23h 59m'],
  [76 * hour, '3d 4h'],
])('%d ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [500, '500ms'],
  [5 * second, '5s'],
  [30 * second, '30s'],
  [90 * second, '1m 30s'],
  [10 * minute, '10m'],
  [2 * hour, '2h'],
  [48 * hour, '2d'],
  [25 * hour, '1d 1h'],
])('a limit of %d ms is %s', (ms, text) => {
  expect(formatLimit(ms)).toBe(text);
});
