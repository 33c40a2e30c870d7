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
  expect(report).toMatchObject({ run: '', runbook: 'a.md', state: 'running', started: '', inputs: plan.inputs, counts: { pending: 6 }, writes: [], approvals: [] });
});

describe('a write is marked when its step is tried again because it was not found', () => {
  const wrote = (at: number): RunEvent => ({ at: t + at, kind: 'write', step: 'push', write: { service: 'shell', target: `git push ${at}`, withheld: false } });
  const settled = (found: 'done' | 'absent'): RunEvent => ({ at: t, kind: 'settled', step: 'push', found, by: { name: 'anna', verified: 'os' } });
  const marks = (...events: RunEvent[]): (boolean | undefined)[] => foldReport(plan, [started, ...events]).writes.map(({ notFound }) => notFound);

  test.each<[string, RunEvent[], (boolean | undefined)[]]>([
    ['by its verifier', [looked('before', 'absent'), begin('push', 1), wrote(1), wrote(2), looked('after', 'absent'), begin('push', 3, 2), wrote(3), looked('after', 'done')], [true, true, undefined]],
    ['by a person', [begin('push', 1), wrote(1), end('push', 2, 'interrupted'), settled('absent'), begin('push', 3, 2), wrote(3)], [true, undefined]],
    ['no write of another step', [{ at: t, kind: 'write', step: 'undo', write: { service: 'shell', target: 'x', withheld: false } }, looked('before', 'absent'), begin('push', 1), wrote(1)], [undefined, undefined]],
    ['not where it was seen a little later', [begin('push', 1), wrote(1), looked('after', 'absent'), looked('after', 'done')], [undefined]],
    ['not where nobody looked', [begin('push', 1), wrote(1), looked('after', 'unknown'), begin('push', 3, 2), wrote(3)], [undefined, undefined]],
  ])('%s', (_, events, expected) => {
    expect(marks(...events)).toEqual(expected);
  });
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

const anna = { name: 'anna', verified: 'forge', forge: 'https://api.github.com' } as const;
const bert = { name: 'bert', verified: 'forge', forge: 'https://api.github.com' } as const;
const says = (step: string, by: typeof anna | typeof bert, at: number, more: object = {}): RunEvent => ({ at: t + at, kind: 'signal', step, by, decision: 'approve', ...more });

test.each<[string, RunEvent, string]>([
  ['handed over', { at: t, kind: 'handed-over', by: anna }, 'handed over by anna'],
  ['taken in', { at: t, kind: 'taken-in', by: anna, host: 'tower' }, 'taken in by anna on tower'],
])('a run that was %s is interrupted here, until somebody owns it', (_, event, reason) => {
  const events = [started, begin('push', 1), event];
  expect(foldReport(plan, events)).toMatchObject({ state: 'interrupted', reason, counts: { interrupted: 1, 'not-reached': 5 } });
  const again = foldReport(plan, [...events, owned]);
  expect(again).toMatchObject({ state: 'running', counts: { running: 1, pending: 5 } });
  expect(again).not.toHaveProperty('reason');
});

describe('steps that are due again', () => {
  const done = [started, begin('push', 1, 2), end('push', 2, 'passed', { exitCode: 0 }), begin('wait', 3), end('wait', 4, 'passed')];
  const inputs = { v: { kind: 'value', value: 2, from: 'given' } } as const;

  test('after an edit, with the new text and inputs', () => {
    const report = foldReport(plan, [...done, { at: t + 5, kind: 'edited', hash: 'h2', document: 'd', due: ['push', 'stranger'], inputs }]);
    expect(report).toMatchObject({ hash: 'h2', inputs, state: 'running', run: 'r1', counts: { pending: 5, passed: 1 } });
    expect(report.steps[0]).toEqual({ id: 'push', heading: 'A › B', line: 5, state: 'pending', effect: 'write', role: 'step', outputs: {}, attempts: 2 });
    expect(report.steps).toHaveLength(6);
  });

  test('after a move, with the text and inputs it had', () => {
    const report = foldReport(plan, [...done, { at: t + 5, kind: 'moved', place: { host: 'h', path: '/p', device: '1', inode: '2' }, by: anna, due: ['wait'] }]);
    expect(report).toMatchObject({ hash: 'h', inputs: {}, counts: { pending: 5, passed: 1 } });
    expect(report.steps[2]).toMatchObject({ id: 'wait', state: 'pending' });
  });

  test('an edit before anything else changes no text', () => {
    expect(foldReport(plan, [{ at: t, kind: 'edited', hash: 'h2', document: 'd', due: [], inputs }])).toMatchObject({ hash: plan.runbook.hash, inputs: plan.inputs, mode: 'live', tool: '' });
  });
});

test('a run that started twice is told as it started first', () => {
  expect(foldReport(plan, [started, { ...started, run: 'r2', at: t + 9 }])).toMatchObject({ run: 'r1', started: '2026-01-01T00:00:00.000Z' });
});

test('the reason of a run is that of its last end', () => {
  const failed: RunEvent = { at: t, kind: 'run-ended', state: 'failed', reason: 'push failed' };
  expect(foldReport(plan, [started, failed])).toMatchObject({ state: 'failed', reason: 'push failed', finished: '2026-01-01T00:00:00.000Z' });
  expect(foldReport(plan, [started, failed, over(1, 'passed')])).not.toHaveProperty('reason');
  expect(foldReport(plan, [started, failed, owned])).not.toHaveProperty('finished');
});

test.each(['passed', 'rehearsed', 'dry'] as const)('after a run that %s, nobody needed undo and failure steps', (state) => {
  const report = foldReport(plan, [started, { at: t, kind: 'run-ended', state }]);
  expect(states(report)).toBe('push:not-reached look:not-reached wait:not-reached agree:not-reached undo:not-needed tell:not-needed');
});

test('the reason, time and end of a step are those of its last try', () => {
  const failed = [begin('push', 1), end('push', 5, 'failed', { reason: 'exit 7', exitCode: 7, tail: ['x'] })];
  expect(foldReport(plan, failed).steps[0]).toMatchObject({ state: 'failed', reason: 'exit 7', exitCode: 7, tail: ['x'], durationMs: 4 });
  const again = foldReport(plan, [...failed, begin('push', 6, 2)]).steps[0];
  expect(again).toEqual({ id: 'push', heading: 'A › B', line: 5, state: 'running', effect: 'write', role: 'step', started: '2026-01-01T00:00:00.001Z', outputs: {}, attempts: 2 });
  expect(foldReport(plan, [...failed, end('push', 7, 'passed')]).steps[0]).not.toHaveProperty('reason');
});

test('a clock that was set back gives no negative length, and a broken one no time', () => {
  expect(foldReport(plan, [begin('push', 5), end('push', 1, 'passed')]).steps[0]).toMatchObject({ durationMs: 0 });
  for (const at of [Number.NaN, 8.64e15 + 1, -8.64e15 - 1]) expect(foldReport(plan, [{ ...started, at }]).started).toBe('');
  expect(foldReport(plan, [{ ...started, at: -8.64e15 }]).started).toBe('-271821-04-20T00:00:00.000Z');
});

test('a verifier of something withheld or still running', () => {
  expect(foldReport(plan, [started, looked('before', 'absent')]).steps[1]?.state).toBe('pending');
  expect(foldReport(plan, [started, looked('before', 'absent'), end('push', 1, 'declined')]).steps[1]?.state).toBe('not-reached');
});

describe('people', () => {
  const asked = (approvers: number): Plan => ({ ...plan, steps: plan.steps.map((step) => (step.id === 'agree' ? { ...step, approvers } : step)) });

  test('several that a step asked for are all named', () => {
    const events = [{ ...started, forge: anna.forge }, says('agree', anna, 1), says('agree', bert, 2), end('agree', 3, 'passed', { by: bert })];
    expect(foldReport(asked(2), events).steps[3]?.by).toBe('anna, bert');
    expect(foldReport(asked(2), [...events.slice(0, 2), end('agree', 3, 'passed', { by: bert })]).steps[3]?.by).toBe('bert');
    expect(foldReport(asked(2), [...events.slice(0, 3), end('agree', 3, 'declined', { by: bert })]).steps[3]?.by).toBe('bert');
  });

  test('whose word does not count, and why', () => {
    const hash = plan.steps[3]?.hash;
    expect(foldReport(asked(2), [{ ...started, forge: anna.forge }, says('agree', anna, 1, { hash }), says('agree', bert, 2, { hash: 'old' }), says('push', bert, 3)]).approvals).toEqual([
      { step: 'agree', by: anna, at: '2026-01-01T00:00:00.001Z', decision: 'approve' },
      { step: 'agree', by: bert, at: '2026-01-01T00:00:00.002Z', decision: 'approve', uncounted: 'it was said of another text of this step' },
      { step: 'push', by: bert, at: '2026-01-01T00:00:00.003Z', decision: 'approve' },
    ]);
  });

  test('without a forge of the run no login counts', () => {
    expect(foldReport(asked(2), [started, says('agree', anna, 1)]).approvals[0]?.uncounted).toBe('https://api.github.com answered for the login, and this run goes by another one');
  });

  test('who looked after a write that was cut off', () => {
    expect(foldReport(plan, [started, { at: t + 1, kind: 'settled', step: 'push', found: 'absent', by: anna }]).approvals).toEqual([{ step: 'push', by: anna, at: '2026-01-01T00:00:00.001Z', decision: 'absent' }]);
  });
});

test('a step of an included document names its file', () => {
  const scoped: Plan = { ...plan, scopes: [{ id: 'b', file: 'b.md', title: 'B', hash: 'h', inputs: {} }], steps: plan.steps.map((step) => (step.id === 'push' ? { ...step, scope: 'b' } : step)) };
  const report = foldReport(scoped, []);
  expect(report.steps[0]?.file).toBe('b.md');
  expect(report.steps[1]).not.toHaveProperty('file');
});

test('a report without world, commit or end says nothing of them', () => {
  const { at, kind, format, run, mode, tool, file, hash, inputs } = started;
  expect(Object.keys(foldReport(plan, [{ at, kind, format, run, mode, tool, file, hash, inputs }])).sort()).toEqual(['approvals', 'counts', 'hash', 'inputs', 'mode', 'run', 'runbook', 'started', 'state', 'steps', 'title', 'tool', 'writes']);
});
