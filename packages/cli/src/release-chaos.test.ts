// The release survives a runner that is killed again and again: right after the records of its journal, wherever they fall.
// Twenty kills in one rehearsal; between two of them the run gets further by at least one step that is done.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import { callRunbook, inside, setUpBench, type Finished } from './command-harness.ts';
import { expectReleased } from './released.ts';

const bench = setUpBench();
const wantedKills = 20;

const journalOf = (folder: string): string | undefined => {
  const runs = join(folder, '.runbook/runs');
  return existsSync(runs) ? readdirSync(runs).map((id) => join(runs, id, 'journal.jsonl')).find(existsSync) : undefined;
};

const recordsOf = (folder: string): string[] => {
  const journal = journalOf(folder);
  return journal === undefined ? [] : readFileSync(journal, 'utf8').split('\n').filter((line) => line !== '');
};

/** Calls the command and kills it as soon as the journal holds so many records more. */
async function callAndKill(args: readonly string[], env: Record<string, string>, after: number): Promise<Finished> {
  const { folder } = bench.desk;
  const limit = recordsOf(folder).length + after;
  let watch: NodeJS.Timeout | undefined;
  const onChild = (child: ChildProcess): void => {
    watch = setInterval(() => {
      if (recordsOf(folder).length >= limit) child.kill('SIGKILL');
    }, 2);
  };
  try {
    return await callRunbook(args, { cwd: folder, env, onChild });
  } finally {
    clearInterval(watch);
  }
}

test('killed twenty times behind its records, the release is resumed to the same end', { timeout: 240_000 }, async () => {
  const opened = await bench.world();
  const env = inside(opened);
  let last = await callAndKill(['run', bench.desk.release, '--rehearse', '--yes'], env, 4);
  let kills = 0;
  while (last.signal === 'SIGKILL') {
    kills += 1;
    // of each three runners one dies early in its step, one later, one behind it
    const next = ['resume', '--yes'];
    last = kills < wantedKills ? await callAndKill(next, env, 2 + (kills % 3)) : await callRunbook(next, { cwd: bench.desk.folder, env });
  }
  expect(last.code, last.stderr).toBe(0);
  expect(kills).toBe(wantedKills);
  // no step that was done was run again
  const done = new Set<string>();
  for (const line of recordsOf(bench.desk.folder)) {
    const event = JSON.parse(line) as { kind: string; step?: string; state?: string };
    if (event.kind === 'step-started') expect(done, `${event.step} ran again after it was done`).not.toContain(event.step);
    if (event.kind === 'step-ended' && event.state === 'passed') done.add(String(event.step));
  }
  await expectReleased(opened, { project: 'apisnoop', images: ['snoopdb'], version: 'v0.3.0', fork: opened.env['GITHUB_USER'] ?? '', staging: 'gcr.io/k8s-staging-apisnoop' });
});
