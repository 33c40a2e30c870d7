import { expect, test, vi } from 'vitest';
import type { Plan } from '@runbook/model';
import { createFakeTerminal, type FakeTerminal } from './fake-terminal.ts';
import { passed, planOf, release, stage, started, step, untilTheGate, untilTheGateLines, type Stage } from './stage.ts';

function live(plan: Plan, columns = 60, rows = 24): Stage & { terminal: FakeTerminal } {
  const terminal = createFakeTerminal(columns, rows);
  return { ...stage(terminal, plan), terminal };
}

test('output scrolls above the steps, and the gate says what it waits for', () => {
  const run = live(release);
  untilTheGate(run);
  run.clock(73);
  run.display.output('build', 'still 画像\nno end');
  expect(run.terminal.screen()).toEqual([
    ...untilTheGateLines,
    '│ still 画像',
    '│ no end',
    `── 2 of 4 done  1m 13s  release.md ${'─'.repeat(24)}`,
    ' ✓ credentials  0.4s',
    ' ✓ push-tag (write)  1.6s',
    ' ⠋ build  1m 10s',
    '   the run of push-images for f00d',
    '   last answer: pending',
    '   try 3, next try in 20s, deadline in 1h 58m',
    ' ○ smoke',
  ]);
  expect(run.terminal.isCursorShown()).toBe(false);
  expect(run.terminal.openUpdates()).toBe(0);
  run.display.close();
  run.display.close();
  expect(run.terminal.screen()).toEqual([...untilTheGateLines, '│ still 画像', '│ no end']);
  expect(run.terminal.isCursorShown()).toBe(true);
  run.display.note('after the end');
  expect(run.terminal.screen().at(-1)).toBe('after the end');
  expect(run.terminal.isCursorShown()).toBe(true);
});

test('a process that ends in the middle gives the cursor back', () => {
  const before = process.listenerCount('exit');
  const run = live(release);
  run.at(0, started('credentials'));
  const leave = process.listeners('exit').at(-1);
  leave?.(0);
  expect(run.terminal.screen()).toEqual(['== [1/4] credentials (read)']);
  expect(run.terminal.isCursorShown()).toBe(true);
  expect(process.listenerCount('exit')).toBe(before);
});

test('a question gets the whole terminal', () => {
  const run = live(release);
  run.at(0, started('credentials'));
  run.display.suspend();
  run.display.output('credentials', 'later\n');
  expect(run.terminal.screen()).toEqual(['== [1/4] credentials (read)']);
  expect(run.terminal.isCursorShown()).toBe(true);
  run.terminal.write('Go on? yes\n');
  run.display.resume();
  expect(run.terminal.screen().slice(0, 4)).toEqual(['== [1/4] credentials (read)', 'Go on? yes', '│ later', expect.stringContaining('0 of 4 done')]);
  run.display.close();
});

const many = planOf(Array.from({ length: 30 }, (_, i) => step(`step-${i + 1}`)));

test('more steps than rows: the ones around the present step', () => {
  const run = live(many, 40, 12);
  for (let i = 1; i <= 15; i += 1) {
    run.at(i, started(`step-${i}`));
    run.display.output(`step-${i}`, `output ${i}\n`);
    if (i < 15) run.at(i, passed(`step-${i}`));
  }
  expect(run.terminal.screen().slice(2)).toEqual([
    `── 14 of 30 done  release.md ${'─'.repeat(10)}`,
    '   … 12 before',
    ' ✓ step-13  0.0s',
    ' ✓ step-14  0.0s',
    ' ⠋ step-15  0.0s',
    ' ○ step-16',
    ' ○ step-17',
    ' ○ step-18',
    ' ○ step-19',
    '   … 11 more',
  ]);
  run.display.close();
  expect(run.terminal.all().filter((line) => line.startsWith('──'))).toEqual([]);
  expect(run.terminal.all().filter((line) => line.startsWith('│'))).toHaveLength(15);
});

test.each([
  [20, 24],
  [8, 5],
  [3, 2],
  [1, 1],
])('nothing is left of the region on %d columns and %d rows', (columns, rows) => {
  const run = live(many, columns, rows);
  for (let i = 1; i <= 12; i += 1) {
    run.at(i, started(`step-${i}`));
    run.display.progress(`step-${i}`, 'doing something that is long to tell');
    run.at(i, passed(`step-${i}`));
  }
  run.display.close();
  const text = run.terminal.all().join('').replaceAll(' ', '');
  expect(text).toBe(Array.from({ length: 12 }, (_, i) => `==[${i + 1}/30]step-${i + 1}(read)--passed0.0s`).join(''));
  expect(run.terminal.isCursorShown()).toBe(true);
});

test('a terminal that is made narrower while the region is drawn', () => {
  const run = live(release, 40, 24);
  run.at(0, started('credentials'));
  run.terminal.resize(20);
  expect(run.terminal.screen().some((line) => line.startsWith('ase.md ─'))).toBe(true);
  run.at(1, passed('credentials'));
  expect(run.terminal.screen().filter((line) => line.includes('──'))).toHaveLength(1);
  run.display.close();
  expect(run.terminal.screen()).toEqual(['== [1/4] credentials', ' (read)', '-- passed 1.0s']);
});

test('the region moves by itself, many small pieces are one update, and no timer is left', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const terminal = createFakeTerminal(40, 12);
    const run = stage(terminal, release, { tick: true });
    run.at(0, started('credentials'));
    run.display.output('credentials', 'one\n');
    run.display.output('credentials', 'two\n');
    expect(terminal.screen().join('')).not.toContain('│ one');
    run.clock(3);
    vi.advanceTimersByTime(100);
    expect(terminal.screen().slice(0, 5)).toEqual(['== [1/4] credentials (read)', '│ one', '│ two', expect.stringContaining('0 of 4 done'), ' ⠙ credentials  3.0s']);
    run.display.output('credentials', 'three\n');
    run.display.close();
    expect(terminal.screen().slice(1)).toEqual(['│ one', '│ two', '│ three']);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
