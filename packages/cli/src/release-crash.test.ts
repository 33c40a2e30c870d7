// The release survives its runner: killed after each outside write and before its record, it is resumed to the same end.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { World } from '@runbook/rehearsal';
import { callRunbook, openDesk, openWorld, type Desk } from './command-harness.ts';
import { expectReleased } from './released.ts';

let desk: Desk;
const toClose: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  desk = openDesk();
});
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
  desk.close();
});

async function world(options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const opened = await openWorld(options);
  toClose.push(() => opened.close());
  return opened;
}

const inside = (opened: World): Record<string, string> => ({ RUNBOOK_WORLD: opened.url });

describe('after SIGKILL in the middle of a write', () => {
  test('resume finishes the same release and writes nothing twice', async () => {
    let child: { kill(signal: NodeJS.Signals): boolean } | undefined;
    const killed: string[] = [];
    const opened = await world({
      onEntry: (entry) => {
        const what = `${entry.method} ${entry.path}`;
        if (!entry.write || entry.status >= 400 || killed.includes(what)) return;
        killed.push(what);
        child?.kill('SIGKILL');
      },
    });
    const env = inside(opened);
    const start = await callRunbook(['run', desk.release, '--rehearse', '--yes'], { cwd: desk.folder, env, onChild: (started) => (child = started) });
    let last = start;
    let resumes = 0;
    while (last.signal === 'SIGKILL' && resumes < 20) {
      resumes += 1;
      last = await callRunbook(['resume', '--yes', '--json'], { cwd: desk.folder, env, onChild: (started) => (child = started) });
    }
    expect(last.code, last.stderr).toBe(0);
    expect(resumes).toBe(6);
    await expectReleased(opened, { project: 'apisnoop', images: ['snoopdb'], version: 'v0.3.0', fork: opened.env['GITHUB_USER'] ?? '', staging: 'gcr.io/k8s-staging-apisnoop' });
  });
});
