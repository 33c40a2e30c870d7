import { expect, test } from 'vitest';
import { createPalette, isLiveTerminal } from './palette.ts';

const red = '\u001b[31mx\u001b[39m';

test.each<[Record<string, string>, boolean, string]>([
  [{}, true, red],
  [{}, false, 'x'],
  [{ NO_COLOR: '1' }, true, 'x'],
  [{ NO_COLOR: '' }, true, red],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, 'x'],
  [{ FORCE_COLOR: '1' }, false, red],
  [{ FORCE_COLOR: '0' }, true, 'x'],
  [{ CI: 'true' }, true, 'x'],
  [{ CI: 'true', FORCE_COLOR: '1' }, false, red],
  [{ CI: 'false' }, true, red],
  [{ TERM: 'dumb' }, true, 'x'],
])('%o on a terminal: %s', (environment, isTTY, text) => {
  expect(createPalette(environment, { isTTY }).red('x')).toBe(text);
});

test.each<[Record<string, string>, boolean | undefined, boolean]>([
  [{}, true, true],
  [{}, undefined, false],
  [{ CI: 'true' }, true, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, true],
  [{ FORCE_COLOR: '1' }, false, false],
])('a live display with %o on a terminal (%s): %s', (environment, isTTY, isLive) => {
  expect(isLiveTerminal(environment, { isTTY })).toBe(isLive);
});
