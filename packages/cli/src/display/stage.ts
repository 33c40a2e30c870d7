// A scripted run for the tests of the display: a small plan, its first events, and a clock that the test sets.
import type { Plan, PlanStep, RunEvent } from '@runbook/model';
import { plainPalette } from '@runbook/render';
import { createDisplay, type Display, type DisplayOptions } from './display.ts';
import type { TerminalStream } from './live-region.ts';

/** When every scripted run starts: 2026-11-22 10:00 UTC. */
export const start = Date.UTC(2026, 10, 22, 10);
/** Somebody who ticks. */
export const person = { name: 'alice', verified: 'os' } as const;

/** A step with whatever differs. */
export function step(id: string, difference: Partial<PlanStep> = {}): PlanStep {
  return {
    id,
    named: true,
    kind: 'shell',
    language: 'bash',
    effect: 'read',
    effectDeclared: true,
    heading: [],
    line: 10,
    column: 1,
    codeLine: 11,
    source: '',
    hash: '',
    attributes: {},
    absent: [1],
    onFailure: false,
    retry: 0,
    needs: [],
    background: false,
    interactive: false,
    session: 'shared',
    tags: [],
    excludeFromRunAll: false,
    approvers: 1,
    publishes: [],
    uses: [],
    role: 'step',
    ...difference,
  };
}

/** A plan of these steps. */
export function planOf(steps: readonly PlanStep[]): Plan {
  return { format: 1, runbook: { file: 'release.md', title: 'Release', hash: 'h' }, inputs: {}, steps };
}

/** A small release: a read, a verified write, a gate, a manual step and an undo. */
export const release = planOf([
  step('credentials'),
  step('push-tag', { effect: 'write', verifier: 'check-tag', line: 20 }),
  step('check-tag', { role: 'verifier', verifies: 'push-tag' }),
  step('build', { gate: { pollMs: 30_000, timeoutMs: 7_200_000 } }),
  step('smoke', { kind: 'manual' }),
  step('drop-tag', { role: 'undo', undoes: 'push-tag', effect: 'write' }),
]);

/** A display and the clock it goes by. */
export interface Stage {
  readonly display: Display;
  /** Shows an event `seconds` after the start, and moves the clock there. */
  at(seconds: number, event: Untimed<RunEvent>): void;
  clock(seconds: number): void;
}

/** An event before the clock stamped it. */
export type Untimed<E> = E extends unknown ? Omit<E, 'at'> : never;

/** A display on a stream, with a clock that the test sets. */
export function stage(out: TerminalStream, plan: Plan, difference: Partial<DisplayOptions> = {}): Stage {
  let now = start;
  const clock = (seconds: number): void => void (now = start + seconds * 1000);
  const display = createDisplay({ out, plan, palette: plainPalette, now: () => now, tick: false, ...difference });
  return {
    display,
    clock,
    at(seconds, event) {
      clock(seconds);
      display.event({ ...event, at: now });
    },
  };
}

/** A step starts. */
export const started = (id: string, effect: 'read' | 'write' = 'read'): Untimed<RunEvent> => ({ kind: 'step-started', step: id, attempt: 1, effect, hash: '' });
/** A step passes. */
export const passed = (id: string): Untimed<RunEvent> => ({ kind: 'step-ended', step: id, state: 'passed' });
/** The gate waits: its try, the second it is at, what it was answered. */
export const waits = (attempt: number, seconds: number, answer: string): Untimed<RunEvent> => ({
  kind: 'gate-waiting',
  step: 'build',
  attempt,
  deadline: start + 7_203_000,
  next: start + (seconds + 30) * 1000,
  answer,
});

/** The first part of a rehearsal, up to a gate that waits. */
export function untilTheGate({ display, at }: Stage): void {
  at(0, { kind: 'run-started', format: 1, run: 'run-1', mode: 'rehearse', tool: 't', file: 'release.md', hash: 'h', inputs: {}, world: 'No outside network.' });
  at(0, started('credentials'));
  display.output('credentials', 'token \u001b[31mok\u001b[0m\nscop');
  display.output('credentials', 'es ok');
  at(0.4, passed('credentials'));
  at(0.4, { kind: 'verified', step: 'push-tag', verifier: 'check-tag', moment: 'before', answer: 'absent' });
  at(0.4, started('push-tag', 'write'));
  at(1, { kind: 'write', step: 'push-tag', write: { service: 'shell', target: 'git tag v1\ngit push', withheld: false } });
  display.output('check-tag', 'looking\n');
  at(2, { kind: 'verified', step: 'push-tag', verifier: 'check-tag', moment: 'after', answer: 'done' });
  at(2, passed('push-tag'));
  at(2, { kind: 'step-ended', step: 'check-tag', state: 'passed', reason: 'push-tag is done' });
  at(3, started('build'));
  display.progress('build', 'the run of push-images for f00d');
  at(3, waits(1, 3, 'no run yet'));
  at(33, waits(2, 33, 'no run yet'));
  at(63, waits(3, 63, 'pending'));
}

/** What `untilTheGate` leaves in the scroll-back. */
export const untilTheGateLines = [
  '== run run-1 of release.md, rehearsal',
  '   No outside network.',
  '== [1/4] credentials (read)',
  '│ token ok',
  '│ scopes ok',
  '-- passed 0.4s',
  '   verified by check-tag: not done yet',
  '== [2/4] push-tag (write)',
  '   write: git tag v1 …',
  '│ check-tag: looking',
  '   verified by check-tag: done',
  '-- passed 1.6s',
  '== [3/4] build (read)',
];
