// Blocks in a process of their own, beside a real shell session. Cases of programs that a machine does not have say so and pass.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { block, play, setUpPlay, trace } from './play.ts';
import { hasMembers } from './process-group.ts';
import { runInterpreter, type InterpreterBlock } from './interpreter.ts';
import { createShellSession, type ShellResult, type ShellSession } from './shell-session.ts';

setUpPlay();

let folder = '';
let session: ShellSession;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'interpreter-test-')));
  session = createShellSession({ name: 'release.md', cwd: folder, env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8' } });
  await session.run({ code: 'mkdir sub; cd sub; export SHARED=$\'a\\nb\'; own=1', line: 1, variables: {}, publishes: [], onOutput: () => undefined });
});
afterAll(async () => {
  await session.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(interpreter: string, code: string, more: Partial<InterpreterBlock> = {}): Promise<ShellResult & { stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' };
  const result = await runInterpreter({ interpreter, code, line: 30, name: 'docs/release.md', session, variables: {}, publishes: [], graceMs: 300, onOutput: (stream, chunk) => void (out[stream] += chunk.toString()), ...more });
  return { ...result, ...out };
}

const isHere = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

test('shares the folder and the exported variables of the session, and gets its own', async () => {
  const ran = await run('sh', 'basename "$PWD"; echo "$SHARED|${own-none}|$v"', { variables: { v: '$(x)' } });
  expect([ran.kind, ran.exitCode, ran.stdout, ran.stderr]).toEqual(['exited', 0, 'sub\na\nb|none|$(x)\n', '']);
});

test('a shell is strict, names the line of the document and publishes what it exports', async () => {
  expect(await run('sh', 'echo a\nnope\necho b')).toMatchObject({ exitCode: 127, stdout: 'a\n', stderr: expect.stringMatching(/release\.md: (line )?31: (\S+: )?nope: (command )?not found/) });
  const values = await run('sh', `x="1\n2 é'\\"\n"; export x; empty=; export empty; exit 0`, { publishes: ['x', 'empty', 'unset'] });
  expect(values.outputs).toEqual({ x: `1\n2 é'"\n`, empty: '', unset: null });
  expect((await run('sh', 'x=1; export x; exit 4', { publishes: ['x'] })).outputs).toEqual({});
  expect((await run('sh', 'echo first', { line: 1, publishes: ['x'] })).stdout).toBe('first\n');
});

test('with arguments of its own', async () => {
  expect((await run('bash -x', 'echo a')).stderr).toContain('+ echo a');
});

test('a program that is not there fails in words', async () => {
  const ran = await run('no-such-interpreter -x', 'anything');
  expect([ran.kind, ran.exitCode, ran.stderr]).toEqual(['exited', 127, 'docs/release.md: line 30: no-such-interpreter did not start: spawn no-such-interpreter ENOENT\n']);
});

test('a folder that is not there is told as that, and by no exit code of a program', async () => {
  for (const interpreter of ['sh', 'python3']) {
    const ran = await run(interpreter, 'x', { cwd: 'nowhere' });
    expect([ran.kind, ran.exitCode, ran.stderr]).toEqual(['exited', 126, `docs/release.md: line 30: ${join(folder, 'sub', 'nowhere')} is no folder that a block can start in: ENOENT\n`]);
  }
});

describe('a trap of its own at the end', () => {
  test.each(['sh', 'bash', 'zsh'].filter(isHere))('%s: works, and the block still publishes', async (shell) => {
    const ran = await run(shell, 'trap "echo bye" EXIT\nexport x=1', { publishes: ['x'] });
    expect([ran.exitCode, ran.stdout, ran.outputs]).toEqual([0, 'bye\n', { x: '1' }]);
    expect(await run(shell, 'trap "echo bye" EXIT\nnope', { publishes: ['x'] })).toMatchObject({ exitCode: 127, stdout: 'bye\n', stderr: expect.stringMatching(/release\.md:( line)? ?31: .*not found/) });
  });

  test.each(['bash', 'zsh'].filter(isHere))('%s: and `exit` as well', async (shell) => {
    const ran = await run(shell, 'trap "echo bye" EXIT\nexport x=1\n(exit 3) || f() { x=2; exit; }\nf', { publishes: ['x'] });
    expect([ran.exitCode, ran.stdout, ran.outputs]).toEqual([0, 'bye\n', { x: '2' }]);
    expect((await run(shell, 'set +e; (exit 7)\nexit')).exitCode).toBe(7);
  });

  test('where `exit` then keeps its outputs from being told, that is a failure', async () => {
    const ran = await run('dash', 'trap "echo bye" EXIT\nexport x=1\nexit 0', { publishes: ['x'] });
    expect([ran.exitCode, ran.stdout, ran.outputs, ran.isUntold]).toEqual([0, 'bye\n', {}, true]);
  });

  test('what a block prints, reads and returns is not changed by telling', async () => {
    expect((await run('sh', 'cat <<E\nunfinished', { publishes: ['x'] })).stdout).toBe('unfinished\n');
    expect((await run('sh', 'x=1; export x; false && true', { publishes: ['x'] })).exitCode).toBe(1);
    expect(await run('sh', 'if then', { publishes: ['x'] })).toMatchObject({ exitCode: 2, stdout: '', outputs: {} });
  });
});

test('what it leaves running is ended with the session', async () => {
  const own = createShellSession({ name: 'release.md', cwd: folder, env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' }, graceMs: 300 });
  const ran = await run('sh', 'sleep 60 > /dev/null 2>&1 & echo $$', { session: own });
  expect([ran.kind, ran.exitCode, hasMembers(Number(ran.stdout))]).toEqual(['exited', 0, true]);
  await own.close();
  expect(hasMembers(Number(ran.stdout))).toBe(false);
});

test('is stopped with its children', async () => {
  const ran = await run('sh', 'echo ready; sleep 60 & sleep 60', { timeoutMs: 300 });
  expect([ran.kind, ran.signal, ran.stdout]).toEqual(['timed-out', 'SIGTERM', 'ready\n']);
  expect((await run('sh', 'kill -9 $$')).kind).toBe('killed');
  expect((await run('sh', 'echo must not run', { signal: AbortSignal.abort() })).kind).toBe('aborted');
});

test.skipIf(!isHere('python3'))('python (skipped where there is none)', async () => {
  const ran = await run('python3', 'import os\nprint(os.environ["SHARED"])\nraise SystemExit(5)');
  expect([ran.exitCode, ran.stdout]).toEqual([5, 'a\nb\n']);
  expect((await run('python3 -u', 'x = 1\nraise ValueError("no")')).stderr).toContain('line 31');
});

test.skipIf(!isHere('zsh'))('zsh (skipped where there is none)', async () => {
  const ran = await run('zsh', 'export x="a b"\necho ${(U)x}', { publishes: ['x'] });
  expect([ran.exitCode, ran.stdout, ran.outputs]).toEqual([0, 'A B\n', { x: 'a b' }]);
});

describe('as a step', () => {
  const fence = (info: string, code: string): string => `\`\`\`${info}\n${code}\n\`\`\`\n\n`;
  const first = block('name=a effect=local', 'mkdir sub; cd sub; x=1; export x; own=2');

  test('sh and shell blocks run in the session itself, and so have all of it', async () => {
    const played = await play(first + fence('sh {name=b effect=read}', 'echo "$x $own ${PWD##*/}"; y=3; export y') + fence('shell {name=c effect=read}', 'echo "y is $y"'));
    expect([played.outcome.state, played.output]).toEqual(['passed', '1 2 sub\ny is 3\n']);
  });

  test('any shell behind interpreter= shares folder and exports, and publishes what it exports', async () => {
    const played = await play(first + fence('sh {name=b effect=read interpreter=sh}', 'echo "$x ${own-none} ${PWD##*/}"; cd /; z="from sh"; export z') + block('name=c effect=read', 'echo "$z, still in ${PWD##*/}"'));
    expect([played.outcome.state, played.output]).toEqual(['passed', '1 none sub\nfrom sh, still in sub\n']);
    expect(played.events).toContainEqual(expect.objectContaining({ kind: 'step-ended', step: 'b', outputs: { z: 'from sh' } }));
  });

  test.skipIf(!isHere('zsh'))('a zsh block needs no interpreter= (skipped where there is none)', async () => {
    const played = await play(first + fence('zsh {name=b effect=read}', 'words=(one two); export z="${words[1]} $x"') + block('name=c effect=read', 'echo "$z"'));
    expect([played.outcome.state, played.output]).toEqual(['passed', 'one 1\n']);
  });

  test.skipIf(!isHere('python3'))('python gets inputs and outputs in its environment and publishes nothing (skipped where there is none)', async () => {
    const played = await play(first + fence('python {name=b effect=local interpreter=python3 cwd=..}', 'import os, pathlib\nx = os.environ["x"]\nprint(f"x is {x} in {pathlib.Path.cwd().name}")') + block('name=c effect=read', 'echo "${PWD##*/}"'));
    expect([played.outcome.state, played.output]).toEqual(['passed', 'x is 1 in work\nsub\n']);
    expect(played.plan.steps.find((step) => step.id === 'b')?.publishes).toEqual([]);
  });

  test('a value that it was the first to see reaches the session as well, inputs and outputs', async () => {
    const values = { v: 'given' };
    const text = `---\ninputs: { v: { type: string } }\n---\n\n${fence('sh {name=a effect=read interpreter=sh}', 'z="from $v"; export z')}${fence('sh {name=b effect=read interpreter=sh}', 'echo "b: $z"')}${block('name=c effect=read', 'echo "c: $z, $v"')}`;
    const played = await play(text, { values });
    expect([played.outcome.state, played.output]).toEqual(['passed', 'b: from given\nc: from given, given\n']);
  });

  test('a verifier that has no folder to start in knows nothing: the write is not done again', async () => {
    for (const interpreter of ['', ' interpreter=sh']) {
      const played = await play(block('name=w effect=write', 'echo w >> trace') + fence(`bash {verifies=w effect=read cwd=nowhere${interpreter}}`, 'test -e trace'));
      expect(played.outcome).toMatchObject({ state: 'failed', reason: expect.stringContaining('nowhere') });
      expect(trace(played.folder)).toEqual([]);
    }
  });

  test('outputs that could not be told fail the step, and it is said why', async () => {
    const played = await play(fence('sh {name=a effect=read interpreter=dash}', 'trap "true" EXIT; z=1; export z; exit 0'));
    expect(played.outcome).toEqual({ state: 'failed', reason: 'a: outputs-not-told: it ended without telling z: a trap of its own on EXIT takes the place of the one that tells, and it ended by exit or exec. Let it come to its end, or end it in a subshell' });
  });

  test('an interpreter that is not there fails the step in words', async () => {
    const played = await play(fence('python {name=b effect=read interpreter=no-such-python}', 'print(1)'));
    expect(played.outcome).toEqual({ state: 'failed', reason: 'b: exit code 127' });
    expect(played.output).toBe('doc.md: line 2: no-such-python did not start: spawn no-such-python ENOENT\n');
  });

  test('a block of another language without interpreter= is data, and runs nowhere', async () => {
    const played = await play(fence('python', 'raise SystemExit(1)') + block('name=c effect=read', 'true'));
    expect(played.states).toEqual({ c: 'passed' });
  });

  test('in the background as well, and it is ended with the run', async () => {
    const played = await play(first + fence('sh {name=b effect=read interpreter=sh background=true ready=up}', 'echo $$ > group; : > up; while :; do sleep 0.05; done') + block('name=up effect=read poll=1s timeout=20s', 'test -e up') + block('name=c effect=read', 'true'));
    expect(played.states).toMatchObject({ b: 'passed', up: 'passed', c: 'passed' });
    expect(hasMembers(Number(readFileSync(join(played.folder.work, 'sub', 'group'), 'utf8')))).toBe(false);
  });
});

test('a block with session=none sees the session and changes nothing of it', async () => {
  const played = await play(block('name=a effect=read', 'v=1; f() { echo "f $v"; }') + block('name=own effect=read session=none', 'f; v=2; cd /; export told="$v"') + block('name=c effect=local', 'f; echo "$told"; pwd > trace'));
  expect(played.outcome.state).toBe('passed');
  expect(played.output).toBe('f 1\nf 1\n2\n');
  expect(readFileSync(join(played.folder.work, 'trace'), 'utf8').trim()).toBe(played.folder.work);
});

test('a verifier with an interpreter is run by it', async () => {
  const played = await play(block('name=w effect=write', ': > written') + '```awk {verifies=w effect=read interpreter="awk -f"}\nBEGIN { exit system("test -e written") }\n```\n');
  expect(played.states).toMatchObject({ w: 'passed' });
  expect(played.outcome.state).toBe('passed');
});
