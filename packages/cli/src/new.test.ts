// `runbook new` as a user calls it: what it writes passes check and rehearses, and it overwrites nothing.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callRunbook, type Finished } from './command-harness.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-new-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const call = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: folder });
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('what is written passes check and rehearses', () => {
  test.each([
    ['the default steps', 'plain.md', ['--title', 'T']],
    ['every kind of step and input', 'all.md', ['--title', 'It\'s "all": #1 & <b> `x` — $(rm -rf /)', '--input', 'version', '--input', 'count:number=3', '--input', 'sure:boolean', '--input', 'cluster:choice=blue,gr"een', '--input', "names:list=a b,it's", '--input', 'key:secret', '--step', 'look', '--step', 'prepare:local', '--step', 'ask:person', '--step', 'push.it:write', '--step', 'settled:wait', '--step', 'again:write']],
    ['a Kubernetes image', 'image.md', ['--kubernetes-image', '--step', 'celebrate:write']],
  ])('%s', async (_, file, flags) => {
    const made = await call('new', file, ...flags);
    expect(made).toMatchObject({ code: 0, stdout: `${file}\n` });
    expect(made.stderr).toContain(`runbook run ${file} --rehearse --yes`);
    expect(await call('check', file)).toMatchObject({ code: 0, stdout: 'no problems\n' });
    const run = await call('run', file, '--rehearse', '--yes', '--json');
    expect({ code: run.code, state: run.code === 0 ? (JSON.parse(run.stdout) as { state: string }).state : run.stderr }).toEqual({ code: 0, state: 'rehearsed' });
  });
});

test('without a file it is named after its title', async () => {
  expect((await call('new', '--title', 'Rotate the Schlüssel, now!')).stdout).toBe('rotate-the-schlussel-now.md\n');
  expect((await call('new', '--title', '漢字')).stdout).toBe('runbook.md\n');
  expect(read('runbook.md')).toContain('\n# 漢字\n');
});

test('to stdout', async () => {
  const { code, stdout, stderr } = await call('new', '-', '--title', 'T');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^---\ntitle: "T"\n/);
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that is there stays, unless it is to be replaced', async () => {
  writeFileSync(join(folder, 'mine.md'), 'mine');
  const { code, stdout, stderr } = await call('new', 'mine.md', '--title', 'T');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('mine.md is there already. Give another file, or --force to replace it.\n');
  expect(read('mine.md')).toBe('mine');
  expect((await call('new', 'mine.md', '--title', 'T', '--force')).code).toBe(0);
  expect(read('mine.md')).toContain('# T');
});

test.each([
  ['nobody to ask', ['a.md'], 'Nobody can be asked here. Say what is to be written: --title TEXT, --step NAME[:KIND], --input NAME[:TYPE], --kubernetes-image.'],
  ['no name', ['--step', 'a'], 'runbook new: the runbook needs a name. Say --title TEXT, or give a file.'],
  ['a bad step', ['a.md', '--step', 'a:delete'], 'runbook new --step: "delete" is no kind of step; expected one of read, local, write, wait, person.'],
  ['a bad input', ['a.md', '--input', 'PATH'], 'runbook new --input: the name "PATH" belongs to JavaScript, the shell or the toolkit.'],
  ['a name twice', ['a.md', '--step', 'a', '--step', 'a'], 'runbook new: the name "a" is given twice.'],
  ['inputs of an image', ['a.md', '--kubernetes-image', '--input', 'a'], 'runbook new: a runbook for a Kubernetes image has inputs of its own: leave out the others.'],
  ['no such folder', ['no/a.md', '--title', 'T'], 'no/a.md cannot be written: '],
])('refused with 2: %s', async (_, args, message) => {
  const { code, stdout, stderr } = await call('new', ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(existsSync(join(folder, 'a.md'))).toBe(false);
});
