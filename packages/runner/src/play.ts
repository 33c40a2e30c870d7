// For tests of the loop: a document is played over real bash in a folder of its own, and told by what its blocks left.
// Only tests import this; nothing here is part of the runner.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { createRedactor, type Mode } from '@runbook/access';
import { foldReport, parseRunbook, planRun, type Json, type Plan, type RunEvent, type StepState } from '@runbook/model';
import { execute, type Outcome } from './execute.ts';
import type { People, Ports, Settlement, Task, Tick } from './ports.ts';
import { createRunFolder, type RunFolder } from './run-folder.ts';
import { createShellSession } from './shell-session.ts';

let home = '';

/** Gives each test of a file a home of its own. To be called in every file: files share this module, but not its hooks. */
export function setUpPlay(): void {
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'execute-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
}

/** How a document is played. */
export interface Act {
  readonly mode?: Mode;
  readonly confirm?: boolean;
  readonly ticks?: readonly Tick[];
  readonly settlement?: Settlement;
  readonly past?: readonly RunEvent[];
  /** What the client of script blocks fails with, call by call. */
  readonly clientCodes?: { readonly code: string }[];
  readonly folder?: RunFolder;
  readonly values?: Readonly<Record<string, Json>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly undoWithoutAsking?: boolean;
  readonly task?: Task;
  readonly signals?: readonly Extract<RunEvent, { kind: 'signal' }>[];
  readonly startAt?: number;
  readonly terminal?: Ports['terminal'];
  readonly detachOnGate?: boolean;
  /** Between TERM and KILL, milliseconds. */
  readonly graceMs?: number;
  /** Takes the place of the clock's wait. */
  readonly sleep?: (signal: AbortSignal, stop: AbortController) => Promise<void>;
  readonly onEvent?: (event: RunEvent, stop: AbortController) => void;
}

/** What was told, and left. */
export interface Played {
  readonly outcome: Outcome;
  readonly events: readonly RunEvent[];
  readonly folder: RunFolder;
  readonly plan: Plan;
  readonly states: Readonly<Record<string, StepState>>;
  readonly output: string;
  readonly asked: readonly string[];
  /** What was written to the journal at once, what was shown, and when a person was asked, in this order. */
  readonly order: readonly string[];
}

/** Plays a document. Lines that blocks append to `trace` in the work folder show what really ran. */
export async function play(text: string, act: Act = {}): Promise<Played> {
  const { runbook, problems } = parseRunbook(text, 'doc.md');
  expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
  const { plan } = planRun(runbook, { ...Object.fromEntries(Object.entries(act.values ?? {}).map(([name, value]) => [name, { kind: 'value' as const, value, from: 'given' as const }])), ...Object.fromEntries(Object.keys(act.secrets ?? {}).map((name) => [name, { kind: 'secret' as const }])) });
  if (plan === undefined) throw new Error('no plan');
  const folder = act.folder ?? createRunFolder(home, text, { at: 0 });
  const events: RunEvent[] = [...(act.past ?? [])];
  const asked: string[] = [];
  const order: string[] = [];
  const nameOf = (event: RunEvent): string => ('step' in event ? `${event.kind} ${event.step ?? ''}` : event.kind);
  const ticks = [...(act.ticks ?? [])];
  const stop = new AbortController();
  let now = act.startAt ?? 1_000_000;
  let output = '';
  const people: People = {
    confirm: (question) => {
      asked.push(question);
      return Promise.resolve(act.confirm);
    },
    tick: (step) => {
      order.push(`ask ${step.id}`);
      return Promise.resolve(ticks.shift());
    },
    settle: () => Promise.resolve(act.settlement),
  };
  const ports: Ports = {
    clock: { now: () => now, jitter: () => 1, environment: () => ({}), sleepUntil: async (at, signal) => (act.sleep === undefined ? void (now = Math.max(now, at)) : act.sleep(signal, stop)) },
    people,
    ...(act.terminal === undefined ? {} : { terminal: act.terminal }),
    redactor: createRedactor(Object.values(act.secrets ?? {})),
    sessions: {
      environment: {},
      openShell: (restore) => createShellSession({ name: 'doc.md', cwd: folder.work, env: { PATH: process.env['PATH'] ?? '' }, secrets: new Set(Object.keys(act.secrets ?? {})), ...(act.graceMs === undefined ? {} : { graceMs: act.graceMs }), ...(restore === undefined ? {} : { restore }) }),
      openScript: () => ({
        // a client that was answered with a code each time
        run: () => Promise.resolve({ kind: 'failed', message: 'no answer', stack: '', ...(act.clientCodes?.shift()) }),
        close: () => Promise.resolve(),
        pid: undefined,
      }),
    },
    journal: (told) => {
      events.push(...told);
      order.push(`journal ${told.map(nameOf).join(', ')}`);
      for (const event of told) act.onEvent?.(event, stop);
    },
    show: (event) => void order.push(`show ${nameOf(event)}`),
    output: (_step, piece) => (output += piece.toString()),
    progress: () => undefined,
    signals: () => act.signals ?? [],
    entering: () => Promise.resolve(),
    ask: () => Promise.resolve(null),
    folders: { run: folder.path, work: folder.work, logs: folder.logs, state: folder.state, document: 'doc.md' },
  };
  const outcome = await execute(plan, ports, { mode: act.mode ?? 'live', values: act.values ?? {}, secrets: act.secrets ?? {}, past: act.past ?? [], signal: stop.signal, task: act.task ?? 'steps', undoWithoutAsking: act.undoWithoutAsking ?? false, ...(act.detachOnGate === undefined ? {} : { detachOnGate: act.detachOnGate }) });
  const report = foldReport(plan, [{ at: 0, kind: 'run-started', format: 1, run: folder.id, mode: act.mode ?? 'live', tool: 't', file: 'doc.md', hash: 'h', inputs: {} }, ...events]);
  return { outcome, events, folder, plan, states: Object.fromEntries(report.steps.map((step) => [step.id, step.state])), output, asked, order };
}

/** A bash block. */
export const block = (attributes: string, ...code: string[]): string => `\`\`\`bash {${attributes}}\n${code.join('\n')}\n\`\`\`\n\n`;

/** The lines that blocks appended to `trace` in the work folder. */
export const trace = (folder: RunFolder): string[] => (existsSync(join(folder.work, 'trace')) ? readFileSync(join(folder.work, 'trace'), 'utf8').trim().split('\n') : []);
