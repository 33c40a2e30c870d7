// Blocks that run beside the others, as real processes: how they are waited for, and how they end and end a run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { block, play, setUpPlay, trace, type Played } from './play.ts';
import { hasMembers } from './process-group.ts';

setUpPlay();

/** A block that says its process group, and then that it can be used. */
const server = (attributes: string, ...before: string[]): string => block(`name=server effect=read background=true ${attributes}`, ...before, 'echo $$ > group; trap "exit 0" TERM', 'sleep 0.3; : > up', 'while :; do sleep 0.05; done');
const up = block('name=up effect=read poll=1s timeout=20s', 'test -e up');
const dying = block('name=server effect=read background=true', 'while test ! -e die; do sleep 0.02; done; echo "lost it" >&2; exit 9');
const isGone = ({ folder }: Played): boolean => !hasMembers(Number(readFileSync(join(folder.work, 'group'), 'utf8')));
/** A clock whose waits end only when somebody ends them. */
const patient = { sleep: (signal: AbortSignal) => pause(60_000, undefined, { signal }) };

describe('a gate that waits for a background block', () => {
  test.each(['live', 'rehearse', 'dry-run'] as const)('waits on the clock of the machine, where a real process starts: %s', async (mode) => {
    const played = await play(server('ready=up') + up + block('name=b effect=read needs=server,up', 'test -e up && echo "b ran"'), { mode });
    expect(played.states).toEqual({ server: 'passed', up: 'passed', b: 'passed' });
    expect([played.output.includes('b ran\n'), isGone(played)]).toEqual([true, true]);
  });

  test('leaves no trace of its tries in the journal: two rehearsals tell the same', async () => {
    const played = await play(server('ready=up') + up, { mode: 'rehearse' });
    expect(played.events.filter((event) => event.kind === 'gate-waiting')).toEqual([]);
    expect(new Set(played.events.map((event) => event.at)).size).toBe(1);
  });

  test('does not end a run that detaches at gates: the block would end with it', async () => {
    const played = await play(server('ready=up') + up + block('name=g effect=read poll=1s timeout=20s', 'exit 1'), { detachOnGate: true });
    expect(played.outcome).toMatchObject({ state: 'waiting', reason: expect.stringMatching(/^g: not there yet/) });
    expect(played.states).toMatchObject({ up: 'passed', g: 'waiting' });
  });

  test('fails when its time is over, when it cannot look, and when the block has ended first', async () => {
    const late = await play(server('ready=up') + block('name=up effect=read poll=1s timeout=1s', 'echo "no answer"; exit 1'));
    expect(late.outcome).toEqual({ state: 'failed', reason: 'up: timed out: waited 1s for server (last answer: no answer)' });
    expect(isGone(late)).toBe(true);
    expect((await play(server('ready=up') + block('name=up effect=read poll=1s timeout=20s', 'exit 127'))).outcome.reason).toBe('up: exit code 127');
    const lost = await play(block('name=server effect=read background=true ready=up', ': > begun; sleep 0.2; exit 0') + up + block('name=b effect=read', 'true'));
    expect(lost.outcome).toEqual({ state: 'failed', reason: 'up: server has ended before it was ready' });
    expect(lost.states).toMatchObject({ server: 'passed', up: 'failed', b: 'not-reached' });
  });
});

test('what it leaves running when it ends is ended with the run, and inputs it was the first to see reach the session', async () => {
  const text = `---\ninputs: { v: { type: string } }\n---\n\n${block('name=server effect=read background=true', 'sleep 60 > /dev/null 2>&1 & echo $$ > group; : > "up-$v"')}${block('name=b effect=read', 'until test -e "up-$v"; do sleep 0.02; done')}`;
  const played = await play(text, { values: { v: 'given' } });
  expect(played.states).toEqual({ server: 'passed', b: 'passed' });
  expect(isGone(played)).toBe(true);
});

describe('a background block that fails', () => {
  test('lets the step beside it come to its end, and then the run fails', async () => {
    const played = await play(dying + block('name=b effect=local', ': > die; sleep 0.4; echo b >> trace') + block('name=c effect=read', 'echo "must not run"'));
    expect(played.outcome).toEqual({ state: 'failed', reason: 'server: exit code 9' });
    expect(played.states).toEqual({ server: 'failed', b: 'passed', c: 'not-reached' });
    expect(trace(played.folder)).toEqual(['b']);
  });

  test('ends the wait of any gate', async () => {
    const played = await play(dying + block('name=g effect=read poll=1h timeout=2h', ': > die; exit 1'), patient);
    expect(played.outcome).toEqual({ state: 'failed', reason: 'server: exit code 9' });
    expect(played.states).toEqual({ server: 'failed', g: 'interrupted' });
  });

  test('ends the pause before a further try', async () => {
    const played = await play(dying + block('name=r effect=read retry=1', ': > die; exit 1'), patient);
    expect([played.outcome.reason, played.states['r']]).toEqual(['server: exit code 9', 'interrupted']);
  });

  test('leaves those that clean up their patience', async () => {
    const document = block('name=w effect=write', ': > written') + block('name=back effect=write undoes=w', ': > asked; rm -f written') + block('verifies=back effect=read', 'test -e asked || exit 1; echo look >> looks; test "$(wc -l < looks)" -ge 2 || exit 1') + dying + block('name=b effect=local', ': > die; sleep 0.4');
    const played = await play(document, { undoWithoutAsking: true, mode: 'rehearse' });
    expect(played.outcome.reason).toBe('server: exit code 9');
    expect(played.states).toMatchObject({ w: 'undone', back: 'passed' });
  });
});

test('an error while a background block runs is not lost', async () => {
  const full = new Error('the disk is full');
  const attempt = play(server('ready=up') + up, {
    onEvent: (event) => {
      if (event.kind === 'group-started' && event.step === 'server') throw full;
    },
  });
  await expect(attempt).rejects.toBe(full);
});

test('a step that is stopped in the pause before a further try is interrupted, not failed', async () => {
  const played = await play(block('name=a effect=local retry=3', 'echo try >> trace; exit 1'), {
    sleep: (signal, stop) => {
      stop.abort();
      return Promise.reject(signal.reason as Error);
    },
  });
  expect(played.outcome).toEqual({ state: 'interrupted', reason: 'a: stopped before it was tried again (last: exit code 1)' });
  expect(trace(played.folder)).toEqual(['try']);
});
