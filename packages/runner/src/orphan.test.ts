// Real process groups, journalled as an owner of this or another machine would have.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import type { RunEvent } from '@runbook/model';
import { endOrphan, findOrphans } from './orphan.ts';
import { bootId, bornOf } from './owner.ts';
import { hasMembers } from './process-group.ts';
import type { ProcessSource } from './process-table.ts';

const started: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => endOrphan({ group: child.pid ?? 0, step: '', processes: [] })));
});

/** Starts a group and waits for its first word. */
async function start(code: string): Promise<number> {
  const child = spawn('bash', ['-c', code], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid ?? 0;
}

/** The programs that are found, once the shell's child is the one that it was told to be. */
async function programsIn(events: readonly RunEvent[], source?: ProcessSource): Promise<readonly string[]> {
  for (;;) {
    const programs = findOrphans(events, source).flatMap(({ processes }) => processes.map(({ program }) => program));
    if (programs.includes('sleep')) return programs.sort();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const owner = (more: object = {}): RunEvent => ({ at: 1, kind: 'owned', epoch: 1, pid: 1, born: '1', host: hostname(), boot: bootId(), id: 'x', ...more });
const begun = (group: number, born = bornOf(group) ?? ''): readonly RunEvent[] => [{ at: 2, kind: 'group-started', group, born }, { at: 3, kind: 'step-started', step: 'push', attempt: 1, effect: 'write', hash: 'h' }];

test.each(['proc', 'ps'] as const)('names the step, the processes and since when they run by %s (skipped where there is none), and ends them when it is told to', async (source) => {
  if (source === 'ps' ? spawnSync('ps', ['-p', '1']).error !== undefined : !existsSync('/proc/self/stat')) return;
  const group = await start('sleep 61 & echo up; wait');
  expect(await programsIn([owner(), ...begun(group)], source)).toEqual(['bash', 'sleep']);
  const [orphan, ...more] = findOrphans([owner(), ...begun(group)], source);
  expect([orphan?.group, orphan?.step, more]).toEqual([group, 'push', []]);
  for (const { ageMs } of orphan?.processes ?? []) expect(ageMs).toBeLessThan(60_000);
  if (orphan !== undefined) await endOrphan(orphan);
  expect([hasMembers(group), findOrphans([owner(), ...begun(group)])]).toEqual([false, []]);
});

test('finds what is left of a group whose leader has ended', async () => {
  const group = await start('sleep 61 & echo up');
  while (bornOf(group) !== undefined) await new Promise((resolve) => setImmediate(resolve));
  expect(await programsIn([owner(), ...begun(group, '1')])).toEqual(['sleep']);
});

test('takes nothing for one that began elsewhere or before the last boot, or whose number is another\'s now', async () => {
  const group = await start('echo up; sleep 61');
  for (const events of [[owner({ host: 'another-host' }), ...begun(group)], [owner({ boot: 'another boot' }), ...begun(group)], [owner(), ...begun(group, '1')]]) expect(findOrphans(events)).toEqual([]);
  expect(findOrphans([owner({ host: 'another-host' }), ...begun(2 ** 22 + 1), owner({ epoch: 2 }), ...begun(group)])).toHaveLength(1);
});
