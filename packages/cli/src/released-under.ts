// For tests: release.md rehearsed on a bad day, and what is left of it. Only tests import this.
import type { World } from '@runbook/rehearsal';
import { expect } from 'vitest';
import { callRunbook, inside, type Bench, type Finished } from './command-harness.ts';
import type { StoppedAt } from './fault-table.ts';
import { digestAt } from './foreign-eyes.ts';
import { expectReleased } from './released.ts';

/** What a stranger sees of such a day. */
export interface BadDay {
  readonly world: World;
  readonly done: Finished;
  readonly state: string;
  readonly reason: string;
  /** The step that failed, and its error. */
  readonly failed: { readonly id: string; readonly reason: string } | undefined;
  /** Writes that reached the world, by step. */
  readonly written: readonly string[];
  /** What was shown and logged, all of it. */
  readonly said: string;
}

/** Rehearses the release under faults, in a world of its own. */
async function rehearseUnder(bench: Bench, ...faults: string[]): Promise<BadDay> {
  const world = await bench.world({ faults });
  const done = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes', '--json'], { cwd: bench.desk.folder, env: inside(world) });
  const report = JSON.parse(done.stdout) as { state: string; reason?: string; steps: readonly { id: string; state: string; reason?: string; role: string }[] };
  const failed = report.steps.find((step) => step.state === 'failed');
  return {
    world,
    done,
    state: report.state,
    reason: report.reason ?? '',
    failed: failed === undefined ? undefined : { id: failed.id, reason: failed.reason ?? '' },
    written: [...new Set(world.ledger().filter((entry) => entry.write && entry.status < 400).map((entry) => entry.step ?? ''))],
    said: `${done.stderr}\n${done.stdout}`,
  };
}

/** A day that stops the release: where, with what to do, and with nothing written beyond it. */
export async function expectStopped(bench: Bench, day: StoppedAt): Promise<void> {
  const seen = await rehearseUnder(bench, day.fault);
  expect([seen.done.code, seen.state], seen.said).toEqual([1, 'failed']);
  expect(seen.failed?.id, seen.said).toBe(day.step);
  expect(seen.said).toMatch(new RegExp(day.says, 's'));
  expect(seen.written).toEqual(day.wrote);
  // production is touched by the promotion only, and never called released
  expect(await digestAt(seen.world, 'registry.k8s.io/apisnoop/snoopdb', 'v0.3.0') !== undefined).toBe(['region-missing'].includes(day.fault));
  expect(seen.world.ledger().some(({ path, write }) => write && path.endsWith('/releases'))).toBe(false);
}

/** Days that a release gets through: its end state is that of a good one, for foreign eyes. */
export async function expectSurvived(bench: Bench, faults: readonly string[]): Promise<BadDay> {
  const seen = await rehearseUnder(bench, ...faults);
  expect([seen.done.code, seen.state], seen.said).toEqual([0, 'rehearsed']);
  await expectReleased(seen.world, { project: 'apisnoop', images: ['snoopdb'], version: 'v0.3.0', fork: seen.world.env['GITHUB_USER'] ?? '', staging: 'gcr.io/k8s-staging-apisnoop' });
  return seen;
}
