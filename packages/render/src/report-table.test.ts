import { describe, expect, test } from 'vitest';
import type { RunState, StepState } from '@runbook/model';
import { plainPalette } from './palette.ts';
import { renderReportTable } from './report-table.ts';
import { samplePlan, sampleReport, sampleReportStep, sampleStep } from './sample.ts';
import { textWidth } from './width.ts';

const palette = plainPalette;
const tag = sampleReportStep('push-tag', { effect: 'write', durationMs: 1200, link: 'https://github.com/o/r/releases/tag/v1' });
const check = sampleReportStep('check-tag', { role: 'verifier', verifies: 'push-tag' });
const undo = sampleReportStep('drop-tag', { role: 'undo', state: 'not-needed' });

test('a passed run, its verifier folded into its step', () => {
  const report = sampleReport([sampleReportStep('credentials', { durationMs: 400 }), tag, check, undo], {
    writes: [{ step: 'push-tag', service: 'shell', target: 'git push', withheld: false }],
  });
  expect(renderReportTable(report, { palette }).split('\n')).toEqual([
    '  step         state             duration  link',
    '✓ credentials  passed                0.4s',
    '✓ push-tag     passed, verified      1.2s  https://github.com/o/r/releases/tag/v1',
    '',
    '4 steps: 3 passed, 1 not needed (2 of them verifiers, undo or failure steps without a line)',
    'writes: 1 made',
    'The run passed.',
    '',
  ]);
});

test('a failed run names place, exit code, last lines, log and what ran because of it', () => {
  const failed = sampleReportStep('push-tag', { state: 'failed', exitCode: 7, reason: 'exit code 7', tail: ['boom\u001b[2J'], log: 'logs/push-tag.log', line: 57 });
  const report = sampleReport([failed, check, { ...undo, state: 'passed' }, sampleReportStep('promote', { state: 'not-reached' })], { state: 'failed', reason: 'push-tag: exit code 7' });
  const text = renderReportTable(report, { palette });
  expect(text).toContain('✗ push-tag  failed                 exit code 7\n');
  expect(text).not.toContain('verified');
  expect(text).toContain('✓ drop-tag  passed\n');
  expect(text).toContain('\nrelease.md:57  push-tag failed: exit code 7\n  │ boom\n  log: logs/push-tag.log\n');
  expect(text).toContain('2 passed, 1 failed, 1 not reached');
  expect(text).toContain('The run failed at push-tag (release.md:57): exit code 7.\n');
});

test('a verifier that has its own tale, or whose step is not known, keeps its line', () => {
  const unknown = sampleReportStep('check-tag', { role: 'verifier', verifies: 'push-tag', state: 'failed', reason: 'could not look' });
  expect(renderReportTable(sampleReport([tag, unknown]), { palette })).toMatch(/^✗ check-tag +failed +could not look$/m);
  const stray = sampleReportStep('check-tag', { role: 'verifier' });
  const text = renderReportTable(sampleReport([tag, stray]), { palette });
  expect(text).toMatch(/^✓ check-tag/m);
  expect(text).not.toContain('verified');
  const plan = samplePlan([sampleStep('push-tag'), sampleStep('check-tag', { role: 'verifier', verifies: 'push-tag' })]);
  expect(renderReportTable(sampleReport([tag, stray]), { palette, plan })).toMatch(/^✓ push-tag +passed, verified/m);
});

test('a withheld step is never called verified', () => {
  const report = sampleReport([{ ...tag, state: 'withheld' }, check], { state: 'dry', mode: 'dry-run' });
  expect(renderReportTable(report, { palette })).not.toContain('verified');
});

const states: readonly StepState[] = ['pending', 'running', 'passed', 'skipped', 'not-needed', 'not-selected', 'declined', 'withheld', 'unreachable', 'waiting', 'failed', 'interrupted', 'not-reached', 'undone', 'cancelled'];

test('every state has a word of its own, in the row and in the counts', () => {
  const lines = states.map((state) => renderReportTable(sampleReport([sampleReportStep('x', { state })]), { palette }).split('\n'));
  expect(new Set(lines.map((line) => line[1])).size).toBe(states.length);
  expect(new Set(lines.map((line) => line.find((text) => text.startsWith('1 step: ')))).size).toBe(states.length);
  for (const [i, line] of lines.entries()) expect(line[1]?.includes('passed')).toBe(states[i] === 'passed');
});

describe('the sentence of a run', () => {
  test.each<[RunState, string]>([
    ['passed', 'The run passed. Declined: x.'],
    ['rehearsed', 'Rehearsed: the run went through in the rehearsal world, nothing of it is real. Declined: x.'],
    ['dry', 'Dry run: reads ran, writes were withheld. Declined: x.'],
    ['waiting', 'The run is waiting. Declined: x.'],
    ['cancelled', 'The run was cancelled. Declined: x.'],
  ])('%s names what was declined', (state, sentence) => {
    expect(renderReportTable(sampleReport([sampleReportStep('x', { state: 'declined' })], { state }), { palette })).toContain(`\n${sentence}\n`);
  });
});

test('no line is wider than the terminal', () => {
  const long = sampleReportStep('a-step-with-quite-a-long-name-画像', { link: 'https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/post-k8sio-image-promo/1234567890' });
  for (const width of [40, 60, 80]) {
    const table = renderReportTable(sampleReport([long, tag]), { width, palette }).split('\n').slice(0, 3);
    for (const line of table) expect(textWidth(line)).toBeLessThanOrEqual(width);
    expect(table[1]).toContain('…');
  }
});
