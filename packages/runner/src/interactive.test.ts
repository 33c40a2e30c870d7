// Blocks at a real pseudo terminal. The person is a list of keys, each pressed once the block has shown what it waits for.
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedactor } from '@runbook/access';
import { block as fence, play, setUpPlay } from './play.ts';
import { runInteractive, type InteractiveBlock, type PersonTerminal } from './interactive.ts';
import { hasMembers } from './process-group.ts';
import { createShellSession, type ShellResult, type ShellSession } from './shell-session.ts';

setUpPlay();

let folder = '';
let session: ShellSession;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'interactive-test-')));
  session = createShellSession({ name: 'doc.md', cwd: folder, env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder, TERM: 'xterm', LANG: 'C.UTF-8' } });
  await session.run({ code: 'mkdir sub; cd sub; export shared=1; own=1', line: 1, variables: {}, publishes: [], onOutput: () => undefined });
});
afterAll(async () => {
  await session.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Person extends PersonTerminal {
  readonly screen: () => string;
  readonly isLent: () => boolean;
}

/** Presses each key, or changes the size, when the screen shows what stands before it. */
function person(...script: readonly (readonly [shown: RegExp, act: string | readonly [columns: number, rows: number]])[]): Person {
  let screen = '';
  let act: (what: string | readonly [number, number]) => void = () => undefined;
  let isLent = false;
  const due = [...script];
  return {
    columns: 70,
    rows: 20,
    screen: () => screen,
    isLent: () => isLent,
    write(text) {
      screen += text;
      const [next] = due;
      if (next === undefined || !next[0].test(screen)) return;
      due.shift();
      act(next[1]);
    },
    listen(onKeys, onResize) {
      isLent = true;
      act = (what) => (typeof what === 'string' ? onKeys(what) : onResize(what[0], what[1]));
      return () => void (isLent = false);
    },
  };
}

async function run(at: PersonTerminal, code: string, more: Partial<InteractiveBlock> = {}, secrets: readonly string[] = []): Promise<ShellResult & { output: string }> {
  let output = '';
  const result = await runInteractive({ terminal: at, redactor: createRedactor(secrets), interpreter: 'bash', code, line: 7, name: 'doc.md', session, variables: {}, publishes: [], graceMs: 300, onOutput: (_, chunk) => void (output += chunk.toString()), ...more });
  return { ...result, output };
}

test('has a terminal of its own, as large as the person\'s, the session\'s folder and exports, and publishes what it exports', async () => {
  const at = person([/Which\? $/, 'v1.2\r']);
  const ran = await run(at, 'test -t 0 && test -t 1 && test -t 2 && echo terminal > /dev/tty\nstty size; basename "$PWD"; echo "$shared ${own-none}"\nread -r -p "Which? " answer; export answer', { publishes: ['answer'] });
  expect([ran.kind, ran.exitCode, ran.outputs]).toEqual(['exited', 0, { answer: 'v1.2' }]);
  expect(ran.output).toBe('terminal\r\n20 70\r\nsub\r\n1 none\r\nWhich? v1.2\r\n');
  expect(at.screen()).toContain('Which? v1.2\r\n');
  expect(at.isLent()).toBe(false);
});

test('is told of a new size, and gets keys such as Ctrl-C', async () => {
  const at = person([/ready/, [91, 33]], [/33 91/, '\u0003']);
  const ran = await run(at, 'trap "stty size" WINCH; trap "echo interrupted; exit 5" INT; echo ready; while :; do sleep 0.05; done');
  expect([ran.kind, ran.exitCode]).toEqual(['exited', 5]);
  expect(ran.output).toContain('interrupted');
});

test('is stopped with its children by its time limit, and the terminal is given back as it was', async () => {
  const at = person();
  const ran = await run(at, 'printf "\\033[?1049h\\033[?25l"; echo $$ > group; sleep 60 & sleep 60', { timeoutMs: 800 });
  expect([ran.kind, at.isLent()]).toEqual(['timed-out', false]);
  expect(hasMembers(Number(readFileSync(join(folder, 'sub', 'group'), 'utf8')))).toBe(false);
  expect(at.screen()).toMatch(/\u001b\[\?1049l\u001b\[\?25h\u001b\[0m$/);
});

test('shows no secret, not even one that is typed or comes in pieces', async () => {
  const secret = 'planted-secret-0123';
  const at = person([/Say it: $/, `${secret}\r`]);
  await run(at, `read -r -p "Say it: " it; echo "got $it"; printf 'planted-'; sleep 0.1; printf 'secret-0123\\n'`, {}, [secret]);
  expect(at.screen()).not.toContain(secret);
  expect(at.screen()).toMatch(/Say it: \*\*\*\r\n[^]*got \*\*\*\r\n[^]*\*\*\*\r\n/);
});

test('names the line of the document, and runs any interpreter or says that it is not there', async () => {
  expect(await run(person(), 'echo a\nnope')).toMatchObject({ exitCode: 127, output: expect.stringContaining('doc.md: line 8: nope: command not found') });
  expect((await run(person(), 'test -t 0; echo "tty $?"; nope', { interpreter: 'sh' })).output).toContain('tty 0');
  const ran = await run(person(), 'x', { interpreter: 'no-such-interpreter' });
  expect([ran.exitCode, ran.output]).toEqual([127, 'doc.md: line 7: no-such-interpreter did not start: spawn no-such-interpreter ENOENT\r\n']);
});

test('a folder that is not there is told as that; a trap of its own keeps nothing from being published; what is left ends with the session', async () => {
  const lost = await run(person(), 'x', { cwd: 'nowhere' });
  expect([lost.exitCode, lost.output]).toEqual([126, `doc.md: line 7: ${join(folder, 'sub', 'nowhere')} is no folder that a block can start in: ENOENT\r\n`]);
  const own = createShellSession({ name: 'doc.md', cwd: folder, env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' }, graceMs: 300 });
  const ran = await run(person(), 'trap "echo bye" EXIT; export x=1; trap "" HUP; sleep 60 > /dev/null 2>&1 < /dev/null & echo "$$"; exit', { session: own, publishes: ['x'] });
  expect([ran.exitCode, ran.outputs, hasMembers(Number.parseInt(ran.output, 10))]).toEqual([0, { x: '1' }, true]);
  await own.close();
  expect(hasMembers(Number.parseInt(ran.output, 10))).toBe(false);
});

describe('as a step', () => {
  const ask = fence('name=ask effect=read interactive=true', 'read -r -p "Which? " answer; export answer; echo token-is-$token') + fence('name=use effect=read', 'echo "used $answer"');
  const withToken = `---\ninputs: { token: { type: secret, env: TOKEN } }\n---\n\n${ask}`;

  test('its answer reaches later blocks, and its log is redacted', async () => {
    const at = person([/Which\? $/, 'v2\r']);
    const played = await play(withToken, { terminal: { lend: (use) => use(at) }, secrets: { token: 'planted-secret' } });
    expect(played.outcome).toEqual({ state: 'passed' });
    expect(played.output).toBe('used v2\n');
    const log = readFileSync(join(played.folder.logs, 'ask.log'), 'utf8');
    expect(log).toContain('token-is-***');
    expect(log + at.screen()).not.toContain('planted-secret');
  });

  test('fails where nobody sits at a terminal', async () => {
    const played = await play(ask);
    expect(played.outcome).toEqual({ state: 'failed', reason: 'ask: it is interactive, and there is no terminal' });
    expect(played.states).toEqual({ ask: 'failed', use: 'not-reached' });
  });

  test('that writes is withheld in a dry run, without a terminal too', async () => {
    expect((await play(fence('name=ask interactive=true', 'true'), { mode: 'dry-run' })).states).toEqual({ ask: 'withheld' });
  });
});
