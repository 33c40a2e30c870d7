// Living in a rehearsal: the same one twice, playing its people, entering it from any shell.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { callRunbook, setUpBench } from './command-harness.ts';

const bench = setUpBench();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

test('two rehearsals of one document with one seed give the same reports, to the byte', async () => {
  const formats = ['r.md', 'r.json', 'r.html', 'r.xml'];
  const rehearse = async (): Promise<readonly string[]> => {
    const home = mkdtempSync(join(tmpdir(), 'rehearsed-'));
    closers.push(() => rmSync(home, { recursive: true, force: true }));
    copyFileSync(bench.desk.release, join(home, 'release.md'));
    const done = await callRunbook(['run', 'release.md', '--rehearse', '--yes', '--input', 'fork=robin', ...formats.flatMap((name) => ['--report', name])], { cwd: home });
    expect(done.code, done.stderr).toBe(0);
    return formats.map((name) => readFileSync(join(home, name), 'utf8'));
  };
  const [first, second] = await Promise.all([rehearse(), rehearse()]);
  expect(second).toEqual(first);
  expect(first[0]).toMatch(/^- run: `rehearsal-[0-9a-f]{6}`$/m);
});

test('a second rehearsal in the same place has a name of its own', async () => {
  const write = (text: string): void => writeFileSync(join(bench.desk.folder, 'doc.md'), text);
  write('# Doc\n\n```bash {name=look effect=read}\ntrue\n```\n');
  const names: string[] = [];
  for (let i = 0; i < 2; i += 1) names.push((JSON.parse((await callRunbook(['run', 'doc.md', '--rehearse', '--yes', '--json'], { cwd: bench.desk.folder })).stdout) as { run: string }).run);
  expect(names[1]).toBe(`${names[0] ?? ''}-2`);
  expect((JSON.parse((await callRunbook(['runs', '--json'], { cwd: bench.desk.folder })).stdout) as { runs: readonly { run?: string; id?: string }[] }).runs).toHaveLength(2);
});

const merged = '# Doc\n\n```ts {name=open effect=write}\nawait github.createFork(\'kubernetes/k8s.io\')\nconst main = await github.findRef(\'kubernetes/k8s.io\', \'heads/main\')\nawait github.createBranch(\'robin/k8s.io\', \'b\', main.commit)\nawait github.commitFiles(\'robin/k8s.io\', { branch: \'b\', message: \'m\', files: [{ path: \'notes.txt\', text: \'x\' }] })\nexport const pull = (await github.createPullRequest(\'kubernetes/k8s.io\', { head: \'robin:b\', base: \'main\', title: \'t\', body: \'\' })).number\n```\n\n```ts {name=opened verifies=open effect=read}\nexport const pull = (await github.findPullRequest(\'kubernetes/k8s.io\', { head: \'robin:b\', base: \'main\' }))?.number\n```\n\n```ts {name=merge effect=read poll=1m timeout=2d}\nexport const merged = (await github.getPullRequest(\'kubernetes/k8s.io\', pull)).merged\n```\n';

test('with --manual nothing is reviewed until the rehearsing person plays the people', async () => {
  writeFileSync(join(bench.desk.folder, 'doc.md'), merged);
  let hasPlayed = false;
  const run = await callRunbook(['run', 'doc.md', '--rehearse', '--manual', '--pace', '3000x', '--yes', '--json'], {
    cwd: bench.desk.folder,
    onChild: (child) => {
      let seen = '';
      child.stderr?.on('data', (piece: Buffer) => {
        seen += piece.toString();
        const url = /export RUNBOOK_WORLD=(\S+)/.exec(seen)?.[1];
        if (hasPlayed || url === undefined || !/merge \(read\)[^]*next try|merge.*not there yet|waits/.test(seen)) return;
        hasPlayed = true;
        const say = async (text: string, as: string): Promise<void> => void (await callRunbook(['world', 'comment', 'kubernetes/k8s.io#1', text, '--as', as], { cwd: bench.desk.folder, env: { RUNBOOK_WORLD: url } }));
        void say('/lgtm', 'alice').then(() => say('/approve', 'bob'));
      });
    },
  });
  expect(run.code, run.stderr).toBe(0);
  expect(hasPlayed, run.stderr).toBe(true);
  expect(run.stderr).toContain('You play the people of this world');
});

test.each(['bash', 'zsh', 'fish'].filter((shell) => spawnSync(shell, ['-c', 'true']).status === 0))('world up speaks %s', async (shell) => {
  const up = await callRunbook(['world', 'up', '--shell', shell, '--user', "o'hara"], { cwd: bench.desk.folder });
  closers.push(() => callRunbook(['world', 'down'], { cwd: bench.desk.folder }));
  if (up.code !== 0) expect(up.stderr).toContain("o'hara");
  const good = up.code === 0 ? up : await callRunbook(['world', 'up', '--shell', shell], { cwd: bench.desk.folder });
  expect(good.code, good.stderr).toBe(0);
  const told = execFileSync(shell, ['-c', `${good.stdout}\nprintf '%s|%s' "$RUNBOOK_WORLD" "$GITHUB_USER"`], { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: bench.desk.folder } });
  expect(told).toMatch(/^http:\/\/127\.0\.0\.1:\d+\|.+$/);
});
