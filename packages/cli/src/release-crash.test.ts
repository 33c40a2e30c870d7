// The release survives its runner: killed after each outside write and before its record, it is resumed to the same end.
import { describe, expect, test } from 'vitest';
import { callRunbook, inside, setUpBench } from './command-harness.ts';
import { expectReleased } from './released.ts';

const bench = setUpBench();

describe('after SIGKILL in the middle of a write', () => {
  test('resume finishes the same release and writes nothing twice', { timeout: 240_000 }, async () => {
    let child: { kill(signal: NodeJS.Signals): boolean } | undefined;
    const killed: string[] = [];
    const opened = await bench.world({
      onEntry: (entry) => {
        const what = `${entry.method} ${entry.path}`;
        if (!entry.write || entry.status >= 400 || killed.includes(what)) return;
        killed.push(what);
        child?.kill('SIGKILL');
      },
    });
    const env = inside(opened);
    const start = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes'], { cwd: bench.desk.folder, env, onChild: (started) => (child = started) });
    let last = start;
    let resumes = 0;
    while (last.signal === 'SIGKILL' && resumes < 20) {
      resumes += 1;
      last = await callRunbook(['resume', '--yes', '--json'], { cwd: bench.desk.folder, env, onChild: (started) => (child = started) });
    }
    expect(last.code, last.stderr).toBe(0);
    expect(resumes).toBe(6);
    await expectReleased(opened, { project: 'apisnoop', images: ['snoopdb'], version: 'v0.3.0', fork: opened.env['GITHUB_USER'] ?? '', staging: 'gcr.io/k8s-staging-apisnoop' });
  });
});
