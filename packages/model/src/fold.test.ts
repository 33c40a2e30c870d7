import { describe, expect, test } from 'vitest';
import { createFold, foldReport, parseRunbook, planRun } from './index.ts';
import type { Plan, Report, RunEvent, StepState } from './index.ts';

const block = (info: string): string => `\`\`\`${info}\ntrue\n\`\`\`\n\n`;
const text = `# A\n\n## B\n\n${block('sh {name=push effect=write}')}${block('sh {name=look verifies=push effect=read}')}${block('js {name=wait poll=1s timeout=1m}')}- [ ] agree <!-- {name=agree} -->\n\n${block('sh {name=undo undoes=push effect=write}')}${block('sh {name=tell on=failure effect=local}')}`;
const plan: Plan = (() => {
  const { plan: made } = planRun(parseRunbook(text, 'a.md').runbook, { v: { kind: 'value', value: 1, from: 'given' } });
  if (made === undefined) throw new Error('there is no plan');
  return made;
})();

const t = Date.UTC(2026, 0, 1);
const started: RunEvent = { at: t, kind: 'run-started', format: 1, run: 'r1', mode: 'rehearse', tool: '0.1.0', file: 'docs/a.md', hash: 'h', inputs: {}, world: 'no network', commit: 'c', dirty: true };
const owned: RunEvent = { at: t, kind: 'owned', epoch: 1, pid: 2, born: 'b', host: 'h', boot: 'b', id: 'i' };
const begin = (step: string, at: number, attempt = 1): RunEvent => ({ at: t + at, kind: 'step-started', step, attempt, effect: 'read', hash: 'h' });
const end = (step: string, at: number, state: Exclude<StepState, 'pending' | 'running'>, more: object = {}): RunEvent => ({ at: t + at, kind: 'step-ended', step, state, ...more });
const over = (at: number, state: 'passed' | 'failed' | 'waiting' | 'rehearsed' | 'interrupted'): RunEvent => ({ at: t + at, kind: 'run-ended', state });
const looked = (moment: 'before' | 'after', answer: 'done' | 'absent' | 'unknown', more: object = {}): RunEvent => ({ at: t, kind: 'verified', step: 'push', verifier: 'look', moment, answer, ...more });
const states = (report: Report): string => report.steps.map((step) => `${step.id}:${step.state}`).join(' ');

test('before the first event everything is pending', () => {
  const report = foldReport(plan, []);
  expect(states(report)).toBe('push:pending look:pending wait:pending agree:pending undo:pending tell:pending');
  expect(report).toMatchObject({ run: '', runbook: 'a.md', state: 'running', started: '', inputs: plan.inputs, counts: { pending: 6 } });
});

test('a good run, told in full', () => {
  const person = { name: 'rehearsal:alice', verified: 'rehearsal' } as const;
  const report = foldReport(plan, [
    started,
    owned,
    looked('before', 'absent'),
    begin('push', 10),
    { at: t + 20, kind: 'write', step: 'push', write: { service: 'shell', target: 'git push', withheld: false } },
    end('push', 1510, 'passed', { exitCode: 0, outputs: { n: 1, run: { url: 'https://x/1' }, later: 'https://x/2' }, log: 'l', snapshot: { file: 'f', sha256: 's' } }),
    looked('after', 'done'),
    begin('wait', 2000),
    { at: t + 3000, kind: 'gate-waiting', step: 'wait', attempt: 1, deadline: t + 60_000, next: t + 4000, answer: 'not yet' },
    { at: t + 4000, kind: 'gate-waiting', step: 'wait', attempt: 2, deadline: t + 60_000, next: t + 5000 },
    end('wait', 5000, 'passed', { outputs: { page: 'https://y' } }),
    begin('agree', 6000),
    { at: t + 6500, kind: 'signal', step: 'agree', by: person, decision: 'approve', evidence: 'seen' },
    end('agree', 7000, 'passed', { by: person, evidence: 'seen' }),
    over(8000, 'rehearsed'),
  ]);
  expect(states(report)).toBe('push:passed look:passed wait:passed agree:passed undo:not-needed tell:not-needed');
  expect(report).toMatchObject({ run: 'r1', runbook: 'docs/a.md', title: 'A', hash: 'h', state: 'rehearsed', mode: 'rehearse', tool: '0.1.0', world: expect.stringMatching(/^no network/), commit: 'c', dirty: true, started: '2026-01-01T00:00:00.000Z', finished: '2026-01-01T00:00:08.000Z', counts: { passed: 4, 'not-needed': 2 } });
  expect(report.steps[0]).toEqual({ id: 'push', heading: 'A › B', line: 5, state: 'passed', effect: 'write', role: 'step', started: '2026-01-01T00:00:00.010Z', finished: '2026-01-01T00:00:01.510Z', durationMs: 1500, exitCode: 0, outputs: { n: 1, run: { url: 'https://x/1' }, later: 'https://x/2' }, attempts: 1, link: 'https://x/1', links: ['https://x/1', 'https://x/2'], log: 'l' });
  expect(report.steps[1]).toMatchObject({ role: 'verifier', verifies: 'push' });
  expect(report.steps[2]).toMatchObject({ attempts: 2, link: 'https://y', durationMs: 3000 });
  expect(report.steps[3]).toMatchObject({ by: 'rehearsal:alice', evidence: 'seen' });
  expect(report.writes).toEqual([{ step: 'push', service: 'shell', target: 'git push', withheld: false }]);
  expect(report.approvals).toEqual([{ step: 'agree', by: person, evidence: 'seen', at: '2026-01-01T00:00:06.500Z', decision: 'approve' }]);
});

test('a gate tells what it waits for', () => {
  const report = foldReport(plan, [started, begin('wait', 1), { at: t + 2, kind: 'gate-waiting', step: 'wait', attempt: 3, deadline: t, next: t, answer: 'pending' }]);
  expect(report.steps[2]).toMatchObject({ state: 'waiting', attempts: 3, reason: 'pending' });
});

describe('verifiers without a record of their own', () => {
  test.each([
    [[looked('before', 'done'), end('push', 1, 'skipped')], 'passed'],
    [[looked('before', 'absent'), begin('push', 1)], 'pending'],
    [[looked('before', 'absent'), begin('push', 1), end('push', 2, 'failed')], 'not-reached'],
    [[looked('before', 'unknown'), end('push', 2, 'failed')], 'failed'],
    [[looked('before', 'absent'), begin('push', 1), looked('after', 'done')], 'passed'],
    [[looked('before', 'absent'), begin('push', 1), looked('after', 'absent')], 'failed'],
    [[looked('before', 'absent'), end('push', 1, 'withheld')], 'passed'],
    [[looked('before', 'done'), begin('look', 1), end('look', 2, 'failed', { reason: 'r' })], 'failed'],
  ] as const)('%#', (events, state) => expect(foldReport(plan, [started, ...events]).steps[1]?.state).toBe(state));

  test('what a verifier found are the outputs of a skipped step', () => {
    const report = foldReport(plan, [started, looked('before', 'done', { outputs: { digest: 'd' } }), end('push', 1, 'skipped', { reason: 'already done' })]);
    expect(report.steps[0]).toMatchObject({ state: 'skipped', outputs: { digest: 'd' }, reason: 'already done' });
  });
});

test('after the end nothing is left pending or running', () => {
  expect(states(foldReport(plan, [started, begin('push', 1), end('push', 2, 'failed', { reason: 'exit 7', tail: ['x'] }), over(3, 'failed')]))).toBe('push:failed look:not-reached wait:not-reached agree:not-reached undo:not-reached tell:not-reached');
  expect(states(foldReport(plan, [started, begin('push', 1), over(3, 'interrupted')]))).toMatch(/^push:interrupted look:not-reached/);
});

test('a waiting run is not over, and a resumed one goes on', () => {
  const waiting = [started, begin('wait', 1), end('wait', 2, 'waiting'), over(3, 'waiting')];
  expect(foldReport(plan, waiting)).toMatchObject({ state: 'waiting', counts: { waiting: 1, pending: 5 } });
  const resumed = foldReport(plan, [...waiting, { ...owned, at: t + 10 }, begin('wait', 11, 2)]);
  expect(resumed).toMatchObject({ state: 'running', counts: { running: 1, pending: 5 } });
  expect(resumed.finished).toBeUndefined();
  expect(resumed.steps[2]).toMatchObject({ state: 'running', attempts: 2, started: '2026-01-01T00:00:00.001Z' });
});

test('an undone step is told as such, and strangers are left out', () => {
  const report = foldReport(plan, [started, begin('push', 1), end('push', 2, 'passed'), begin('undo', 3), end('undo', 4, 'passed'), end('push', 5, 'undone'), end('stranger', 6, 'passed'), over(7, 'failed')]);
  expect(states(report)).toMatch(/^push:undone .* undo:passed/);
  expect(report.steps).toHaveLength(6);
});

test('the incremental fold says the same after each event', () => {
  const events = [started, owned, looked('before', 'absent'), begin('push', 1), end('push', 2, 'passed'), looked('after', 'done'), over(3, 'passed')];
  const fold = createFold(plan);
  events.forEach((event, index) => {
    fold.add(event);
    expect(fold.report()).toEqual(foldReport(plan, events.slice(0, index + 1)));
  });
});

test('only an https page is a link', () => {
  const link = (outputs: object): string | undefined => foldReport(plan, [end('push', 1, 'passed', { outputs })]).steps[0]?.link;
  expect(link({ a: 'http://x', b: 'javascript:alert(1)', c: [7, { page: 'https://x' }], d: 'see https://x' })).toBeUndefined();
  expect(link({ a: null, b: { url: 7 }, c: 'https://x' })).toBe('https://x');
});

test('tools are told from the start on, and again when the run went on with others', () => {
  expect(foldReport(plan, [started]).tools).toBeUndefined();
  if (started.kind !== 'run-started') throw new Error('no start');
  const began: RunEvent = { ...started, tools: { git: '1' } };
  expect(foldReport(plan, [began, { at: t + 1000, kind: 'tools', tools: { git: '2' } }]).tools).toEqual([
    { since: '2026-01-01T00:00:00.000Z', versions: { git: '1' } },
    { since: '2026-01-01T00:00:01.000Z', versions: { git: '2' } },
  ]);
});

test('a rehearsal whose people ticked says so in its world sentence', () => {
  const { runbook } = parseRunbook('- [ ] look <!-- {name=look} -->\n', 'docs/a.md');
  const { plan } = planRun(runbook, {});
  if (plan === undefined) throw new Error('no plan');
  const tick = (verified: 'rehearsal' | 'os'): RunEvent => ({ at: t, kind: 'signal', step: 'look', decision: 'approve', by: { name: 'alice', verified } });
  expect(foldReport(plan, [started, tick('rehearsal')]).world).toBe('no network Manual steps were ticked by the people of the world.');
  expect(foldReport(plan, [started, tick('os')]).world).toBe('no network');
});
