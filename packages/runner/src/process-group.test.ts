// Real process groups: what is ended, and what must never be.
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { endGroup, hasMembers, watchLimits } from './process-group.ts';

function start(code: string): { pid: number; ready: Promise<void>; ended: Promise<NodeJS.Signals | null> } {
  const child = spawn('bash', ['-c', code], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  return {
    pid: child.pid ?? 0,
    ready: new Promise((resolve) => child.stdout.once('data', () => resolve())),
    ended: new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal))),
  };
}

test('ends all members, the leader and its children', async () => {
  const group = start('sleep 60 & sleep 60 & echo ready; wait');
  await group.ready;
  expect(hasMembers(group.pid)).toBe(true);
  await endGroup(group.pid, 5000);
  expect([await group.ended, hasMembers(group.pid)]).toEqual(['SIGTERM', false]);
});

test('kills what does not heed TERM, also when it is stopped', async () => {
  const group = start('trap "" TERM; echo ready; kill -STOP $$; while :; do sleep 0.01; done');
  await group.ready;
  await endGroup(group.pid, 50);
  expect([await group.ended, hasMembers(group.pid)]).toEqual(['SIGKILL', false]);
});

test('a group that never was is no group: neither our own nor everybody', async () => {
  for (const group of [0, 1, -1, Number.NaN]) {
    await endGroup(group, 1000);
    expect(hasMembers(group)).toBe(false);
  }
});

test('a limit is told once, and not after its release', () => {
  const told: string[] = [];
  const controller = new AbortController();
  watchLimits({ signal: controller.signal, timeoutMs: 60_000 }, (why) => void told.push(why));
  const released = watchLimits({ signal: controller.signal }, (why) => void told.push(`released ${why}`));
  released.release();
  controller.abort();
  watchLimits({ signal: controller.signal }, (why) => void told.push(`late ${why}`));
  expect(told).toEqual(['aborted', 'late aborted']);
});
