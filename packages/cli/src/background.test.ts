// Blocks that run beside the others: a server that is waited for, that dies, that ends with its run however the run ends.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const write = (...blocks: readonly string[]): void => writeFileSync(join(bench.desk.folder, 'doc.md'), `# Doc\n\n${blocks.join('')}`);
const call = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder });
const at = (name: string): string => join(bench.desk.folder, name);

interface Told {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly reason?: string;
  readonly exitCode?: number;
}
const stepsOf = ({ stdout }: Finished): Readonly<Record<string, Told>> => Object.fromEntries((JSON.parse(stdout) as { steps: Told[] }).steps.map((step) => [step.id, step]));

/** A server that says who it is, answers by a file, and says when it is asked to end. */
const server = (more = 'effect=read'): string => block(`name=server ${more} background=true ready=up`, `echo $BASHPID >> '${at('pids')}'\ntrap 'echo bye; exit 0' TERM\necho "serving for \${who-nobody}"\nsleep 0.1; touch '${at('answers')}'\nwhile :; do sleep 0.05; done`);
const up = (): string => block('name=up effect=read poll=1s timeout=30s', `test -e '${at('answers')}'`);
const pids = (): number[] => readFileSync(at('pids'), 'utf8').trim().split('\n').map(Number);

/** Linux: the state of a process, one letter; empty where there is none. */
function statOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).charAt(0);
  } catch {
    return '';
  }
}

/** The dead that nobody collects (a container without an init) count as dead. */
function isAlive(pid: number): boolean {
  const stat = existsSync('/proc/self/stat') ? statOf(pid) : spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return stat !== '' && !stat.startsWith('Z');
}

test('a server is started, waited for, used, and ended with the run; it has the variables that were exported before', async () => {
  write(block('name=who effect=read', 'export who=me'), server(), up(), block('name=use effect=read needs=server', `kill -0 "$(cat '${at('pids')}')" && echo used`));
  const run = await call('run', 'doc.md', '--yes', '--json');
  expect(run.code, run.stderr).toBe(0);
  expect(stepsOf(run)).toMatchObject({ server: { state: 'passed', reason: 'ended with the run', attempts: 1 }, up: { state: 'passed' }, use: { state: 'passed' } });
  expect(pids().map(isAlive)).toEqual([false]);
  const log = await call('logs', (JSON.parse(run.stdout) as { run: string }).run, 'server');
  expect(log.stdout).toMatch(/^serving for me\n(?:Terminated\n)?bye\n$/);
});

test('one that dies before it is ready fails the run at once, and says why', async () => {
  write(block('name=server effect=read background=true ready=up', 'echo "no port" >&2; exit 3'), up(), block('name=use effect=read', 'true'));
  const run = await call('run', 'doc.md', '--yes', '--json');
  expect(run.code).toBe(1);
  expect(stepsOf(run)).toMatchObject({ server: { state: 'failed', exitCode: 3 }, use: { state: 'not-reached' } });
  expect(run.stderr).toContain('no port');
});

test('one that dies later fails the run before the next step; one that ends well by itself has passed', async () => {
  write(block('name=short effect=read background=true', 'echo done'), block('name=wait effect=read', 'sleep 0.3'), block('name=dies effect=read background=true', 'sleep 0.1; exit 4'), block('name=still effect=read', 'sleep 0.5'), block('name=never effect=read', 'true'));
  const run = await call('run', 'doc.md', '--yes', '--json');
  expect(run.code).toBe(1);
  expect(stepsOf(run)).toMatchObject({ short: { state: 'passed' }, wait: { state: 'passed' }, dies: { state: 'failed', exitCode: 4 }, still: { state: 'passed' }, never: { state: 'not-reached' } });
});

test('a failed run ends it, and resume starts it again for the steps that are due, not for what is done', async () => {
  write(server(), up(), block('name=count effect=write', `echo once >> '${at('effects')}'`), block('name=look effect=read', `test -e '${at('go')}'`));
  const run = await call('run', 'doc.md', '--yes');
  expect(run.code, run.stderr).toBe(1);
  expect(pids().map(isAlive)).toEqual([false]);
  writeFileSync(at('go'), '');
  const resumed = await call('resume', '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(stepsOf(resumed)).toMatchObject({ server: { state: 'passed', attempts: 2 }, up: { attempts: 2 }, count: { attempts: 1 } });
  expect(pids().map(isAlive)).toEqual([false, false]);
  expect(readFileSync(at('effects'), 'utf8')).toBe('once\n');
});

test('a dry run withholds one that writes, and Ctrl-C ends one with all that it started', async () => {
  write(server('effect=write'), up());
  const dry = await call('run', 'doc.md', '--dry-run', '--json');
  expect(stepsOf(dry)['server']).toMatchObject({ state: 'withheld' });
  expect(existsSync(at('pids'))).toBe(false);
  write(server(), up(), block('name=long effect=read', `kill -INT "$PPID"; sleep 30`));
  const stopped = await call('run', 'doc.md', '--yes', '--json');
  expect(stopped.code, stopped.stderr).toBe(130);
  expect(pids().map(isAlive)).toEqual([false]);
  expect(stepsOf(stopped)).toMatchObject({ long: { state: 'interrupted' } });
});

describe('a runner that is killed', () => {
  const kill = `kill -KILL "$PPID"`;

  test('in a write that goes on: resume waits until it has ended, then asks its verifier, and nothing is written twice', async () => {
    write(block('name=slow effect=write', `${kill}; sleep 4; echo done >> '${at('effects')}'`), block('verifies=slow effect=read', `test -e '${at('effects')}'`));
    expect((await call('run', 'doc.md', '--yes')).signal).toBe('SIGKILL');
    const resumed = await call('resume', '--json');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toMatch(/was killed, and process group \d+ of step slow \(\d+ bash since 20[-\d]+ [:\d]+Z, \d+ sleep since 20[-\d]+ [:\d]+Z\) still runs/);
    expect(stepsOf(resumed)).toMatchObject({ slow: { state: 'skipped' } });
    expect(readFileSync(at('effects'), 'utf8')).toBe('done\n');
  });

  test('with a server that nobody ends: it is named with what to type, and the run does not go on beside it', { timeout: 40_000 }, async () => {
    write(server(), up(), block('name=die effect=read', `test -e '${at('killed')}' || { touch '${at('killed')}'; ${kill}; }`));
    expect((await call('run', 'doc.md', '--yes')).signal).toBe('SIGKILL');
    const refused = await call('resume');
    expect(refused.code, refused.stderr).toBe(3);
    const told = /kill -- -(\d+)\. Then: runbook resume/.exec(refused.stderr);
    expect(refused.stderr).toContain('of step server');
    process.kill(-Number(told?.[1]), 'SIGTERM');
    const resumed = await call('resume', '--json');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(stepsOf(resumed)).toMatchObject({ server: { state: 'passed', attempts: 2 } });
    expect(pids().map(isAlive)).toEqual([false, false]);
  });
});
