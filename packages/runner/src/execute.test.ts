// The loop over real bash: documents go in, events come out. The clock is a hand that moves by itself; people are a list.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRunbook, type RunEvent } from '@runbook/model';
import { block, play, setUpPlay, trace } from './play.ts';
import type { Tick } from './ports.ts';

setUpPlay();

describe('outputs and state', () => {
  test('flow from block to block, variables and folder too', async () => {
    const played = await play(block('name=a effect=local', 'mkdir sub; cd sub; plain=1; x="two words"', 'export x') + block('name=b effect=read', 'echo "$x|$plain|${PWD##*/}"'));
    expect(played.outcome.state).toBe('passed');
    expect(played.output).toContain('two words|1|sub');
    expect(played.events).toContainEqual(expect.objectContaining({ kind: 'step-ended', step: 'a', outputs: { x: 'two words' } }));
  });

  test('a value that a later block changes without export stays changed', async () => {
    const played = await play(block('name=a effect=read', 'export x=1') + block('name=b effect=read', 'echo "b $x"; x=2') + block('name=c effect=read', 'echo "c $x"'));
    expect(played.output).toMatch(/b 1\n[^]*c 2\n/);
  });
});

describe('an expected output', () => {
  const expected = (step: string, ...lines: string[]): string => `\`\`\`text {expect=${step}}\n${lines.join('\n')}\n\`\`\`\n\n`;

  test.each([
    ['lines and patterns', 'echo one; echo "id 42"', ['one', 'id * (glob)']],
    ['an exit code', 'echo gone; exit 4', ['gone', '[4]']],
    ['what goes to stderr is not compared', 'echo one; echo noise >&2', ['one']],
  ])('that fits passes: %s', async (_name, code, lines) => {
    const played = await play(block('name=a effect=read', code) + expected('a', ...lines) + block('name=b effect=read', 'echo on'));
    expect(played.outcome.state).toBe('passed');
    expect(played.states).toEqual({ a: 'passed', b: 'passed' });
  });

  test.each([
    ['other lines', 'echo two', ['one'], /-one\n\+two/],
    ['another exit code', 'echo one; exit 4', ['one'], /-\[0\]\n\+\[4\]/],
    ['no failure where one is expected', 'echo one', ['one', '[4]'], /-\[4\]\n\+\[0\]/],
    ['more than is compared', 'head -c 1100000 /dev/zero', ['one'], /has 1100000 bytes/],
  ])('that does not fit fails the step and shows the difference: %s', async (_name, code, lines, shown) => {
    const played = await play(block('name=a effect=read', code) + expected('a', ...lines) + block('name=b effect=read', 'echo on'));
    expect(played.outcome).toEqual({ state: 'failed', reason: 'a: unexpected-output: it did not print what line 6 expects' });
    expect(played.output).toMatch(shown);
    expect(played.states).toEqual({ a: 'failed', b: 'not-reached' });
  });

  test('of a verifier: what it does not print is not known, so the write does not run', async () => {
    const played = await play(block('name=w effect=write', 'echo wrote >> "$PWD/trace"') + block('name=v verifies=w effect=read', 'echo maybe') + expected('v', 'yes'));
    expect([played.states['w'], trace(played.folder)]).toEqual(['failed', []]);
  });

  test('of a gate: compared once it is met', async () => {
    const gate = (answer: string): string => block('name=g effect=read poll=10s timeout=1h', 'test -e "$PWD/there" || { touch "$PWD/there"; echo wait; exit 1; }', `echo ${answer}`) + expected('g', 'ready');
    expect((await play(gate('ready'))).outcome.state).toBe('passed');
    expect((await play(gate('broken'))).outcome.state).toBe('failed');
  });
});

describe('a write with a verifier', () => {
  const document = (verifier: string, code = 'echo wrote >> "$PWD/trace"'): string => block('name=w effect=write', code) + block('name=v verifies=w effect=read', verifier);

  test.each([
    ['is skipped when it is done already', 'exit 0', 'passed', 'skipped', 0],
    ['runs when it is absent, and is done afterwards', 'test -e "$PWD/trace" || exit 1', 'passed', 'passed', 1],
    ['does not run when the verifier could not look', 'exit 9', 'failed', 'failed', 0],
    ['fails when it ran but is not there', 'exit 1', 'failed', 'failed', 1],
  ])('%s', async (_name, verifier, run, step, times) => {
    const played = await play(document(verifier));
    expect([played.outcome.state, played.states['w'], trace(played.folder).length]).toEqual([run, step, times]);
  });

  test('a failed attempt that did happen is passed, and says so', async () => {
    const played = await play(document('test -e "$PWD/trace" || exit 1', 'echo wrote >> "$PWD/trace"; exit 3'));
    expect(played.states['w']).toBe('passed');
    expect(played.events).toContainEqual(expect.objectContaining({ kind: 'step-ended', step: 'w', reason: expect.stringContaining('v finds it done') }));
  });

  test('outputs of a skipped step come from its verifier; a contradiction fails', async () => {
    const skipped = await play(block('name=w effect=write', 'export id=1') + block('name=v verifies=w effect=read', 'export id=1') + block('name=r effect=read', 'echo "id $id"'));
    expect(skipped.states['w']).toBe('skipped');
    expect(skipped.output).toContain('id 1');
    const other = await play(block('name=w effect=write', 'touch "$PWD/there"; export id=1') + block('name=v verifies=w effect=read', 'test -e "$PWD/there" || exit 1', 'export id=2'));
    expect(other.events).toContainEqual(expect.objectContaining({ kind: 'step-ended', step: 'w', state: 'failed', reason: expect.stringContaining('disagree about id') }));
  });

  test('a verifier leaves no trace in the session', async () => {
    const played = await play(block('name=w effect=write', 'touch "$PWD/there"') + block('name=v verifies=w effect=read', 'leak=yes; cd /', 'test -e there -o -e "$OLDPWD/there" || exit 1') + block('name=r effect=read', 'echo "${leak:-none} ${PWD##*/}"'));
    expect(played.output).toContain('none work');
  });

  test('is retried only after the verifier said that it did not happen', async () => {
    const played = await play(block('name=w effect=write retry=2', 'echo try >> "$PWD/trace"', 'test "$(wc -l < "$PWD/trace")" -ge 2') + block('name=v verifies=w effect=read', 'test -e "$PWD/trace" && test "$(wc -l < "$PWD/trace")" -ge 2 || exit 1'));
    expect([played.states['w'], trace(played.folder).length]).toEqual(['passed', 2]);
  });
});

describe('a write without a verifier', () => {
  test('that fails is interrupted, for nobody knows what it did; the run fails', async () => {
    const played = await play(block('name=w effect=write', 'exit 7'));
    expect([played.outcome.state, played.states['w']]).toEqual(['failed', 'interrupted']);
    expect(played.outcome.reason).toMatch(/exit code 7.*not known/);
  });
});

describe('a gate', () => {
  const gate = (...code: string[]): string => block('name=g effect=read poll=30s timeout=2m', ...code);

  test('is met at the third try; nothing is published before', async () => {
    const played = await play(gate('echo x >> trace', 'export n=$(wc -l < trace | tr -d " ")', 'echo "try $n"; test "$n" -ge 3'));
    expect(played.states['g']).toBe('passed');
    const waits = played.events.filter((event) => event.kind === 'gate-waiting');
    expect(waits.map((event) => event.answer)).toEqual(['try 1', 'try 2']);
    expect(played.events.filter((event) => event.kind === 'step-ended').map((event) => event.outputs)).toEqual([{ n: '3' }]);
  });

  test('times out with its last answer, tried once more at the deadline', async () => {
    const played = await play(gate('echo still nothing; exit 1'));
    expect(played.outcome).toMatchObject({ state: 'failed', reason: expect.stringMatching(/timed out: waited 2m \(last answer: still nothing\)/) });
    expect(played.events.filter((event) => event.kind === 'gate-waiting')).toHaveLength(4);
  });

  test('fails at once on any other exit code', async () => {
    const played = await play(gate('exit 2'));
    expect([played.outcome.state, played.events.filter((event) => event.kind === 'gate-waiting').length]).toEqual(['failed', 0]);
  });

  test('keeps its deadline over a resume', async () => {
    const past: RunEvent[] = [
      { at: 1000, kind: 'step-started', step: 'g', attempt: 1, effect: 'read', hash: 'h' },
      { at: 1000, kind: 'gate-waiting', step: 'g', attempt: 1, deadline: 121_000, next: 31_000 },
    ];
    const played = await play(gate('exit 1'), { past, startAt: 110_000 });
    const waits = played.events.filter((event) => event.kind === 'gate-waiting').slice(1);
    expect(waits.map((event) => [event.deadline, event.next])).toEqual([[121_000, 121_000]]);
    expect(played.outcome.state).toBe('failed');
  });
});

describe('a dry run', () => {
  test('runs reads, withholds writes and people, and calls what hangs on them unreachable', async () => {
    const played = await play(
      block('name=r effect=read', 'export x=1') +
        block('name=w effect=write', 'echo wrote >> "$PWD/trace"', 'export id=9') +
        block('name=v verifies=w effect=read', 'exit 1', 'export id') +
        block('name=uses effect=read', 'echo "$id"') +
        block('name=needs effect=read needs=w', 'echo no') +
        block('name=gate effect=read poll=1s timeout=9s', 'exit 1') +
        block('name=free effect=read', 'echo "free $x"') +
        '- [ ] look <!-- {name=m} -->\n',
      { mode: 'dry-run' },
    );
    expect(played.outcome.state).toBe('dry');
    expect(played.states).toEqual({ r: 'passed', w: 'withheld', v: 'unreachable', uses: 'unreachable', needs: 'unreachable', gate: 'waiting', free: 'passed', m: 'withheld' });
    expect(trace(played.folder)).toEqual([]);
    expect(played.events).toContainEqual(expect.objectContaining({ kind: 'write', step: 'w', write: { service: 'shell', target: 'echo wrote >> "$PWD/trace"\nexport id=9', withheld: true } }));
    expect(played.output).toContain('free 1');
  });
});

describe('after a failure', () => {
  const text =
    block('name=one effect=write', 'echo one >> "$PWD/trace"') +
    block('name=two effect=write', 'echo two >> "$PWD/trace"') +
    block('name=bad effect=read', 'exit 5') +
    block('name=late effect=write', 'echo late >> "$PWD/trace"') +
    block('name=undo-one undoes=one effect=write', 'echo undo-one >> "$PWD/trace"') +
    block('name=undo-two undoes=two effect=write', 'echo undo-two >> "$PWD/trace"') +
    block('name=undo-late undoes=late effect=write', 'echo undo-late >> "$PWD/trace"') +
    block('name=always on=failure effect=read', 'echo always >> "$PWD/trace"');

  test('on=failure runs by itself, undos run newest first, and what was undone is due again', async () => {
    const played = await play(text, { undoWithoutAsking: true });
    expect(trace(played.folder)).toEqual(['one', 'two', 'always', 'undo-two', 'undo-one']);
    expect(played.states).toMatchObject({ one: 'undone', two: 'undone', bad: 'failed', late: 'not-reached', 'undo-late': 'not-reached', always: 'passed' });
    expect(played.outcome.state).toBe('failed');
  });

  test('undos are asked for, and a refusal is recorded', async () => {
    const played = await play(text, { confirm: false });
    expect(played.asked).toEqual(['Undo two with undo-two?', 'Undo one with undo-one?']);
    expect(played.states).toMatchObject({ one: 'passed', two: 'passed', 'undo-two': 'declined' });
  });

  test('without anybody to ask, nothing is undone', async () => {
    const played = await play(text);
    expect(trace(played.folder)).toEqual(['one', 'two', 'always']);
  });
});

describe('trying again', () => {
  const startsOf = (events: readonly RunEvent[], step: string): number[] => events.flatMap((event) => (event.kind === 'step-started' && event.step === step ? [event.at - 1_000_000] : []));

  test('waits longer each time, on the clock of the run', async () => {
    const played = await play(block('name=a effect=read retry=3', 'exit 4'));
    expect(played.outcome.state).toBe('failed');
    expect(startsOf(played.events, 'a')).toEqual([0, 1000, 3000, 7000]);
  });

  test('a verified write waits as well before it is made again', async () => {
    const played = await play(block('name=w effect=write retry=1', 'exit 4') + block('name=v verifies=w effect=read', 'exit 1'));
    expect(startsOf(played.events, 'w')).toEqual([0, 1000]);
  });
});

test('a gate whose client is not answered asks more seldom, up to eight times its poll, and as often as before once it is', async () => {
  const codes = ['unreachable', 'rate-limited', 'unreachable', 'unreachable', 'unreachable', 'conflict'].map((code) => ({ code }));
  const played = await play('```ts {name=g poll=10s timeout=1h}\nexport const x = 1\n```\n', { clientCodes: codes });
  const waits = played.events.flatMap((event) => (event.kind === 'gate-waiting' ? [event.next - event.at] : []));
  expect(waits).toEqual([20_000, 40_000, 80_000, 80_000, 80_000]);
  expect(played.outcome.state).toBe('failed');
});

describe('people', () => {
  const anna = { name: 'anna', verified: 'os' as const };
  const item = (attributes: string): string => `- [ ] look at it <!-- {${attributes}} -->\n\n`;

  test('a tick with evidence passes the step', async () => {
    const played = await play(item('name=m'), { ticks: [{ decision: 'approve', by: anna, evidence: 'https://x' }] });
    expect(played.events).toContainEqual(expect.objectContaining({ kind: 'step-ended', state: 'passed', by: anna, evidence: 'https://x' }));
  });

  test('nobody at hand: the run waits and goes no further', async () => {
    const played = await play(item('name=m') + block('name=after effect=read', 'echo after'));
    expect(played.outcome).toEqual({ state: 'waiting', reason: 'm: waits for a person' });
    expect(played.states['after']).toBe('pending');
  });

  test('a refusal ends the run without calling it done', async () => {
    const played = await play(item('name=m'), { ticks: [{ decision: 'decline', by: anna }] });
    expect([played.outcome.state, played.states['m']]).toEqual(['waiting', 'declined']);
  });

  test('two approvers are two distinct verified people', async () => {
    const twice: Tick = { decision: 'approve', by: anna };
    const unknown: Tick = { decision: 'approve', by: { name: 'bert', verified: 'none' } };
    const waiting = await play(item('name=m approvers=2'), { ticks: [twice, twice, unknown] });
    expect(waiting.outcome).toEqual({ state: 'waiting', reason: 'm: waits for a person (1 of 2 have approved)' });
    const done = await play(item('name=m approvers=2'), { ticks: [twice, { decision: 'approve', by: { name: 'carl', verified: 'forge' } }] });
    expect(done.states['m']).toBe('passed');
  });

  test('a tick from another process counts', async () => {
    const played = await play(item('name=m'), { signals: [{ at: 5, kind: 'signal', step: 'm', decision: 'approve', by: anna }] });
    expect(played.states['m']).toBe('passed');
  });
});

describe('resume', () => {
  test('runs nothing that is done, keeps outputs and shell state, and goes on', async () => {
    const text = block('name=a effect=local', 'echo a >> "$PWD/trace"; kept=yes; export x=1') + block('name=b effect=read', 'test -e go || exit 4', 'echo "b $x $kept" >> trace');
    const first = await play(text);
    expect(first.outcome.state).toBe('failed');
    appendFileSync(join(first.folder.work, 'go'), '');
    const second = await play(text, { folder: first.folder, past: first.events });
    expect(second.outcome.state).toBe('passed');
    expect(trace(first.folder)).toEqual(['a', 'b 1 yes']);
  });

  test('a run that is stopped in a gate is interrupted and can go on', async () => {
    const text = block('name=g effect=read poll=1s timeout=1h', 'test -e go || exit 1');
    const first = await play(text, { onEvent: (event, stop) => event.kind === 'gate-waiting' && event.attempt === 2 && stop.abort() });
    expect(first.outcome.state).toBe('interrupted');
    appendFileSync(join(first.folder.work, 'go'), '');
    expect((await play(text, { folder: first.folder, past: first.events })).outcome.state).toBe('passed');
  });
});

describe('a write without a verifier that was cut off', () => {
  const anna = { name: 'anna', verified: 'os' as const };
  const text = block('name=w effect=write', 'echo w >> "$PWD/trace"') + block('name=after effect=read', 'echo after');
  const past: readonly RunEvent[] = [{ at: 1, kind: 'step-started', step: 'w', attempt: 1, effect: 'write', hash: 'h' }];

  test('is not run again while nobody has looked', async () => {
    const played = await play(text, { past });
    expect(played.outcome.state).toBe('interrupted');
    expect([played.states, trace(played.folder)]).toEqual([{ w: 'interrupted', after: 'not-reached' }, []]);
  });

  test.each([
    ['done', [], 'passed'],
    ['absent', ['w'], 'passed'],
  ] as const)('a person who found it %s is believed and recorded', async (found, ran, state) => {
    const played = await play(text, { past, settlement: { found, by: anna } });
    expect(played.outcome.state).toBe('passed');
    expect([trace(played.folder), played.states['w']]).toEqual([ran, state]);
    expect(played.events).toContainEqual({ at: 1_000_000, kind: 'settled', step: 'w', found, by: anna });
  });

  test('an undo that was cut off is asked about as well, even where undoing asks nobody', async () => {
    const undoing = block('name=w effect=write', 'true') + block('name=u undoes=w effect=write', 'echo u >> "$PWD/trace"');
    const cutOff: readonly RunEvent[] = [...past, { at: 2, kind: 'step-ended', step: 'w', state: 'passed' }, { at: 3, kind: 'step-started', step: 'u', attempt: 1, effect: 'write', hash: 'h' }];
    const unasked = await play(undoing, { past: cutOff, task: 'undo', undoWithoutAsking: true });
    expect([trace(unasked.folder), unasked.states['w']]).toEqual([[], 'passed']);
    const found = await play(undoing, { past: cutOff, task: 'undo', undoWithoutAsking: true, settlement: { found: 'done', by: anna } });
    expect([trace(found.folder), found.states['w']]).toEqual([[], 'undone']);
  });
});

describe('what is told', () => {
  const reading = (name: string, code = 'true'): string => block(`name=${name} effect=read`, code);
  const shown = (...names: string[]): string[] => [`journal ${names.join(', ')}`, ...names.map((name) => `show ${name}`)];

  test('is on disk before it is shown; a step\'s end together with the claim of the next', async () => {
    const played = await play(`${reading('a')}${reading('b')}`);
    expect(played.order).toEqual([...shown('step-started a'), ...shown('step-ended a', 'step-started b'), ...shown('step-ended b', 'run-ended')]);
  });

  test('is told at once where nothing follows that is claimed: a failure, a person to be asked, a verifier to be run', async () => {
    expect((await play(`${reading('a')}${reading('b', 'false')}`)).order.slice(-4)).toEqual([...shown('step-ended b'), ...shown('run-ended')]);
    expect((await play(`${reading('a')}- [ ] Look. <!-- {name=m} -->\n`)).order.slice(-8)).toEqual([...shown('step-ended a', 'step-started m'), 'ask m', ...shown('step-ended m'), ...shown('run-ended')]);
    const verified = await play(`${reading('a')}${block('name=w effect=write', 'touch there')}${block('name=v verifies=w effect=read', 'test -e there')}`);
    expect(verified.order.slice(2, 6)).toEqual([...shown('step-ended a'), ...shown('verified w')]);
  });
});

test('what a person skipped stays skipped when the run goes on, and the end names it', async () => {
  const text = block('name=w effect=write', 'echo w >> "$PWD/trace"') + block('name=after effect=read', 'echo after');
  const past: readonly RunEvent[] = [{ at: 1, kind: 'step-ended', step: 'w', state: 'declined', reason: 'by hand', by: { name: 'anna', verified: 'os' } }];
  const played = await play(text, { past });
  expect(played.outcome).toEqual({ state: 'passed', reason: 'declined: w' });
  expect(trace(played.folder)).toEqual([]);
});

describe('conditions', () => {
  test('if decides, needs accepts passed and skipped, an excluded step is not selected', async () => {
    const played = await play(
      block('name=a effect=read', 'export kind=rc') +
        block('name=yes effect=read if=\'kind == "rc"\'', 'true') +
        block('name=no effect=read if=\'kind == "final"\'', 'true') +
        block('name=after-no effect=read needs=no', 'true') +
        block('name=out effect=read excludeFromRunAll=true', 'true'),
    );
    expect(played.states).toEqual({ a: 'passed', yes: 'passed', no: 'not-needed', 'after-no': 'not-needed', out: 'not-selected' });
  });
});

describe('secrets', () => {
  const secret = 'a-very-secret-word';
  const head = '---\ninputs:\n  token: { type: secret, env: TOKEN }\n---\n';

  test('only a block that names it has it; it reaches no event, log or state file', async () => {
    const played = await play(head + block('name=a effect=read', 'echo "has $token"; export derived="x-$token"') + block('name=b effect=read', 'env | grep -c secret-word || true; echo "knows ${derived#x-}"'), { secrets: { token: secret } });
    expect(played.outcome.state).toBe('passed');
    expect(played.output).toContain('has ***');
    expect(played.output).toContain('knows ***');
    expect(JSON.stringify(played.events)).not.toContain(secret);
    expect(played.events).toContainEqual(expect.objectContaining({ kind: 'step-ended', step: 'a', omitted: ['derived'] }));
    expect(readFileSync(join(played.folder.logs, 'a.log'), 'utf8')).not.toContain(secret);
  });
});

test('a data block becomes a file, and cannot leave the work folder', async () => {
  const data = (path: string): string => `\`\`\`yaml {file=${path} name=f}\na: 1\n\`\`\`\n\n`;
  const good = await play(data('sub/x.yaml') + block('name=r effect=read', 'cat sub/x.yaml'));
  expect(good.output).toContain('a: 1');
  const { runbook, problems } = parseRunbook(data('../x.yaml'), 'doc.md');
  if (problems.some((problem) => problem.severity === 'error')) return;
  expect(runbook.steps).toHaveLength(1);
  expect((await play(data('../x.yaml'))).outcome.state).toBe('failed');
});

test('a file block follows no link out of the work folder, waits for no pipe and fails where it cannot write', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'runbook-outside-'));
  try {
    writeFileSync(join(outside, 'kept'), 'kept');
    const attempt = async (prepare: string, path: string) => {
      const played = await play(`${block('name=prepare effect=local', prepare)}\`\`\`yaml {file=${path} name=f}\na: 1\n\`\`\`\n\n`);
      const end = played.events.find((event) => event.kind === 'step-ended' && event.step === 'f');
      return end?.kind === 'step-ended' ? [end.state, end.reason] : [];
    };
    const leaves = (path: string) => ['failed', `file=${path} leaves the work folder; give a path below it`];
    expect(await attempt(`ln -s '${outside}/kept' x`, 'x')).toEqual(leaves('x'));
    expect(await attempt(`ln -s '${outside}/new' x`, 'x')).toEqual(leaves('x'));
    expect(await attempt(`ln -s '${outside}' x`, 'x/a/b')).toEqual(leaves('x/a/b'));
    expect(await attempt(`ln '${outside}/kept' x`, 'x')).toEqual(['passed', undefined]);
    expect(await attempt('echo old > y; ln -s y x', 'x')).toEqual(['passed', undefined]);
    expect(await attempt('mkfifo x', 'x')).toEqual(['failed', 'could not write x: there is something that is no file']);
    expect(await attempt('mkdir x', 'x')).toEqual(['failed', 'could not write x: there is a folder']);
    expect(await attempt('touch x', 'x/y')).toEqual(['failed', expect.stringContaining('could not write x/y: ')]);
    expect(readdirSync(outside)).toEqual(['kept']);
    expect(readFileSync(join(outside, 'kept'), 'utf8')).toBe('kept');
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
});
