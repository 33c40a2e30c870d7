import { expect, test } from 'vitest';
import { plainPalette } from './palette.ts';
import { renderPlan } from './plan-text.ts';
import { samplePlan, sampleStep } from './sample.ts';

const palette = plainPalette;
const plan = samplePlan(
  [
    sampleStep('build', { kind: 'script', language: 'ts', publishes: ['built'], uses: ['version'], gate: { pollMs: 30_000, timeoutMs: 7_200_000, attemptTimeoutMs: 10_000 } }),
    sampleStep('push-tag', { effect: 'write', line: 20, needs: ['build'], verifier: 'check-tag', undo: 'drop-tag', condition: 'images', timeoutMs: 600_000, retry: 2, source: 'a\nb\nc\nd\ne\nf\u001b[2J\n' }),
    sampleStep('check-tag', { role: 'verifier', verifies: 'push-tag', line: 30 }),
    sampleStep('go', { kind: 'manual', language: '', line: 40, approvers: 2, source: 'Is everyone fine?' }),
    sampleStep('drop-tag', { role: 'undo', undoes: 'push-tag', effect: 'write', line: 50, source: 'git push --delete' }),
    sampleStep('tell', { role: 'failure', onFailure: true, line: 60 }),
  ],
  {
    lock: 'apisnoop-v1',
    inputs: {
      version: { kind: 'value', value: 'v1', from: 'given' },
      images: { kind: 'value', value: ['snoopdb'], from: 'default' },
      user: { kind: 'value', value: 'octocat', from: 'example' },
      token: { kind: 'secret' },
    },
  },
);

test('a plan for people', () => {
  expect(renderPlan(plan, { palette }).split('\n')).toEqual([
    'Release',
    'release.md, sha256 0123456789ab',
    'lock: apisnoop-v1',
    '',
    'inputs',
    '  version  v1           given',
    '  images   ["snoopdb"]  default',
    '  user     octocat      EXAMPLE, not given: a live run will ask for it',
    '  token    (secret)',
    '',
    '3 steps, 1 of them writes',
    '',
    ' 1  build [read] script ts, line 10',
    '    uses version',
    '    produces built',
    '    waits: a try every 30s, 2h at most, each try 10s at most',
    '',
    ' 2  push-tag [write] shell bash, line 20',
    '    if images',
    '    needs build',
    '    stopped after 10m',
    '    tried again 2 times when it fails',
    '    verified before and after by check-tag (line 30)',
    '    undone by drop-tag (line 50)',
    '    │ a',
    '    │ b',
    '    │ c',
    '    │ d',
    '    │ … 2 more lines',
    '',
    ' 3  go [read] manual, line 40',
    '    a person does this: 2 verified people must tick it',
    '    │ Is everyone fine?',
    '',
    'After a failure, by itself',
    '',
    ' *  tell [read] shell bash, line 60',
    '',
    'After a failure, when confirmed',
    '',
    ' ↶  drop-tag [write] shell bash, line 50',
    '    undoes push-tag',
    '    │ git push --delete',
    '',
  ]);
});

test('the whole code where a person is about to agree to it', () => {
  const text = renderPlan(plan, { palette, width: 20, wholeCode: true });
  expect(text).toContain('    │ e\n    │ f\n');
  expect(text).not.toContain('more line');
});

test('a step of an included document is placed there, and what is odd about how a block runs is told', () => {
  const included = samplePlan(
    [
      sampleStep('server', { background: true, ready: 'up', session: 'none' }),
      sampleStep('up', { expectation: { kind: 'lines', line: 14, lines: [], noEol: false, exitCode: 0 } }),
      sampleStep('part/tag', { scope: 'part', effect: 'write', verifier: 'part/look', interactive: true, cwd: '/srv\u001b', interpreter: 'zsh -f', source: 'x' }),
      sampleStep('part/look', { scope: 'part', role: 'verifier', verifies: 'part/tag', line: 30 }),
    ],
    { scopes: [{ id: 'part', file: 'parts/tag.md', title: 'Tag', hash: '00', inputs: {} }] },
  );
  expect(renderPlan(included, { palette }).split('\n').slice(5)).toEqual([
    ' 1  server [read] shell bash, line 10',
    '    runs beside the steps below it, ready when up is met',
    '    in a process of its own',
    '',
    ' 2  up [read] shell bash, line 10',
    '    must print what line 14 expects',
    '',
    ' 3  part/tag [write] shell bash, parts/tag.md line 10',
    '    a person types into it',
    '    run by zsh -f',
    '    in the folder /srv␛',
    '    verified before and after by part/look (parts/tag.md line 30)',
    '    │ x',
    '',
  ]);
});
