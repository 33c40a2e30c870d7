import { expect, test } from 'vitest';
import type { Plan } from '@runbook/model';
import type { DisplayOptions } from './display.ts';
import { passed, person, planOf, release, stage, start, started, step, untilTheGate, untilTheGateLines, waits, type Stage } from './stage.ts';

function plain(plan: Plan, difference: Partial<DisplayOptions> = {}): Stage & { lines(): string[] } {
  let text = '';
  return { ...stage({ write: (piece) => void (text += piece) }, plan, difference), lines: () => text.split('\n') };
}

test('a rehearsal', () => {
  const run = plain(release);
  untilTheGate(run);
  run.at(93, passed('build'));
  run.at(93, { kind: 'signal', step: 'smoke', by: person, decision: 'approve', evidence: 'it starts' });
  run.at(94, { kind: 'step-ended', step: 'smoke', state: 'failed', reason: 'exit code 7', log: 'logs/smoke.log' });
  run.at(95, started('drop-tag', 'write'));
  run.at(96, passed('drop-tag'));
  run.at(96, { kind: 'run-ended', state: 'failed' });
  run.display.close();
  expect(run.lines()).toEqual([
    ...untilTheGateLines,
    '   the run of push-images for f00d',
    '   waiting: no run yet; try 1, next try in 30s, deadline 2026-11-22 12:00Z (in 2h 00m)',
    '   waiting: pending; try 3, next try in 30s, deadline 2026-11-22 12:00Z (in 1h 59m)',
    '-- passed 1m 30s',
    '   approved by alice (verified: os): it starts',
    '-- [4/4] smoke failed: exit code 7 (line 10)',
    '   log: logs/smoke.log',
    '== drop-tag (write), undoes push-tag',
    '-- passed 1.0s',
    '== run failed',
    '',
  ]);
});

test('withheld writes in full, and steps that never started in one line', () => {
  const run = plain(release);
  run.at(0, started('push-tag', 'write'));
  run.at(0, { kind: 'write', step: 'push-tag', write: { service: 'github', method: 'POST', target: 'https://api.github.com/x', body: 'a\nb', withheld: true } });
  run.at(0, { kind: 'step-ended', step: 'push-tag', state: 'withheld' });
  run.at(0, { kind: 'step-ended', step: 'build', state: 'unreachable', reason: 'needs sha' });
  expect(run.lines()).toEqual([
    '== [2/4] push-tag (write)',
    '   withheld: POST https://api.github.com/x',
    '     a',
    '     b',
    '-- withheld 0.0s',
    '-- [3/4] build unreachable: needs sha',
    '',
  ]);
});

test('the past of a resumed run is known and not told again', () => {
  const run = plain(release, { past: [{ at: start, kind: 'step-started', step: 'push-tag', attempt: 1, effect: 'write', hash: '' }] });
  expect(run.lines()).toEqual(['']);
  run.at(60, { kind: 'verified', step: 'push-tag', verifier: 'check-tag', moment: 'before', answer: 'unknown', detail: 'exit 128\u001b[2J' });
  run.at(60, { kind: 'step-ended', step: 'check-tag', state: 'failed', reason: 'exit 128' });
  expect(run.lines()).toEqual(['   verified by check-tag: unknown: exit 128', '   verifier check-tag failed: exit 128 (line 10)', '']);
});

test('holds back while a question is asked, and loses nothing', () => {
  const run = plain(release);
  run.display.suspend();
  run.display.output('credentials', 'one\ntwo');
  run.display.note('said\r\nmeanwhile');
  expect(run.lines()).toEqual(['']);
  run.display.resume();
  expect(run.lines()).toEqual(['│ one', 'said', 'meanwhile', '']);
  run.display.close();
  expect(run.lines().slice(3)).toEqual(['│ two', '']);
});

test('an unchanged wait is told again after five minutes', () => {
  const run = plain(release);
  for (const [i, seconds] of [0, 30, 299, 300, 330].entries()) run.at(seconds, waits(i + 1, seconds, 'pending'));
  expect(run.lines().map((line) => /try \d/.exec(line)?.[0])).toEqual(['try 1', 'try 4', undefined]);
});

test('a progress meter shows where it ended', () => {
  const run = plain(release);
  run.display.output('credentials', '10%\r50%\r100%\r\nnext\n');
  expect(run.lines()).toEqual(['│ 100%', '│ next', '']);
});

test('the end of a block that ran beside others names it; the line of an included step is said to be of another document', () => {
  const run = plain(planOf([step('server', { background: true }), step('part/look', { scope: 'part' })]));
  run.at(0, started('server'));
  run.at(1, started('part/look'));
  run.at(2, { kind: 'step-ended', step: 'part/look', state: 'failed', reason: 'exit code 7' });
  run.at(3, passed('server'));
  expect(run.lines()).toEqual(['== [1/2] server (read)', '== [2/2] part/look (read)', '-- failed 1.0s: exit code 7 (line 10 of the included document)', '-- [1/2] server passed 3.0s', '']);
});
