// One attempt at one block, whatever its language: run it, log it, say how it ended. It decides nothing about what that means
// for the step.
import { recordWrite, type Call } from '@runbook/access';
import type { Json, PlanStep } from '@runbook/model';
import { join, relative } from 'node:path';
import type { Execution } from './execution.ts';
import { captureOutput } from './expected-output.ts';
import type { ScriptResult } from './script-session.ts';
import { runInterpreter } from './interpreter.ts';
import type { ShellBlock, ShellResult, StateFile } from './shell-block.ts';
import { runInteractive } from './interactive.ts';
import { tellGroup } from './orphan.ts';
import { openStepLog, type StepLog } from './step-log.ts';

/** How an attempt ended. */
export type Attempt =
  | { readonly kind: 'done'; readonly outputs: Readonly<Record<string, Json>>; readonly exitCode?: number; readonly snapshot?: StateFile; readonly isUnmet: boolean; readonly tail: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly exitCode?: number; readonly code?: string; readonly tail: readonly string[] }
  /** It was stopped from outside: what it did is not known. */
  | { readonly kind: 'cut-off'; readonly why: 'timed-out' | 'aborted' | 'died'; readonly reason: string; readonly tail: readonly string[] }
  | { readonly kind: 'withheld'; readonly call: Call; readonly tail: readonly string[] };

/** What differs between a step's own attempt and its verifier's. */
export interface AttemptOptions {
  /** Runs in a copy of the session; its changes are thrown away. */
  readonly isVerifier: boolean;
  readonly timeoutMs?: number;
  /** What stops it; the run's own signal unless given. */
  readonly signal?: AbortSignal;
  /** Runs beside the session, in a process of its own, until it ends or the signal ends it. `onStart` is called when it runs. */
  readonly beside?: { readonly signal: AbortSignal; readonly onStart: () => void };
}

/** The file name of a step's log below the run folder; step ids may hold `/`. */
export function logName(step: string): string {
  return `logs/${fileNameOf(step)}.log`;
}

/** A step id as the name of a file; ids hold no `~`, so two of them never share one. */
function fileNameOf(step: string): string {
  return step.replaceAll(/[^\w.-]+/g, '~');
}

/** The file for the state after a step. Each attempt has its own: later steps that changed nothing name it too, so it must stay. */
function stateName({ memory }: Execution, step: PlanStep): string {
  const attempt = memory.attempts(step.id);
  return attempt > 1 ? `${fileNameOf(step.id)}@${attempt}.bash` : `${fileNameOf(step.id)}.bash`;
}

/** Runs a block once. */
export async function attemptBlock(execution: Execution, step: PlanStep, options: AttemptOptions): Promise<Attempt> {
  const { ports } = execution;
  execution.settle();
  // a gate asks the same thing again and again: its answers are shown as what is awaited, the log has them all; what an
  // interactive block prints is on the terminal already
  const show = step.gate === undefined && !step.interactive ? (bytes: Buffer): void => ports.output(step.id, bytes) : (): void => undefined;
  const log = openStepLog(join(ports.folders.run, logName(step.id)), ports.redactor, show);
  if (options.beside !== undefined) return attemptShell(execution, step, options, log);
  await ports.entering(step.id);
  try {
    return step.kind === 'script' ? await attemptScript(execution, step, options, log) : await attemptShell(execution, step, options, log);
  } finally {
    await ports.entering(undefined);
  }
}

async function attemptShell(execution: Execution, step: PlanStep, { isVerifier, timeoutMs, beside, signal = beside?.signal }: AttemptOptions, log: StepLog): Promise<Attempt> {
  const { ports, options, sessions, tell } = execution;
  if (step.effect === 'write') {
    const call = shellCall(execution, step);
    if (options.mode === 'dry-run') return { kind: 'withheld', call, tail: log.close() };
    tell({ kind: 'write', step: step.id, write: redactWrite(execution, recordWrite(call, false)) });
  }
  const capture = captureOutput(step);
  const secrets = sessions.secretsOf(step);
  if (step.interactive && ports.terminal === undefined) return { kind: 'failed', reason: 'it is interactive, and there is no terminal', tail: log.close() };
  const block = {
    code: step.source,
    line: step.codeLine,
    variables: sessions.shellVariables(step),
    unset: Object.keys(execution.scopes.secrets(step.scope)).filter((name) => !(name in secrets)),
    publishes: step.publishes,
    signal: signal ?? options.signal,
    onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => {
      capture?.take(stream, chunk);
      log.write(stream, chunk);
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(step.cwd === undefined ? {} : { cwd: step.cwd }),
  };
  const stateFile = join(ports.folders.state, stateName(execution, step));
  const result = await runShell(execution, step, block, { ...(isVerifier ? {} : { stateFile }), ...(beside === undefined ? {} : { onStart: beside.onStart }) });
  const expectedExit = step.expectation?.exitCode ?? 0;
  // a gate that is not met yet, or a verifier that says "not done", has not printed its answer: only that is compared
  const isAnswer = result.kind === 'exited' && (result.exitCode === expectedExit || (step.gate === undefined && !isVerifier));
  const difference = isAnswer ? capture?.differenceAt(result.exitCode ?? 0) : undefined;
  if (difference !== undefined) return unexpected(step, difference, log, isVerifier || step.gate !== undefined ? undefined : (result.exitCode ?? undefined));
  const settled = result.exitCode === expectedExit ? { ...result, exitCode: 0 } : result;
  return { ...fromShell(settled, step, log.close()), ...(result.exitCode === null ? {} : { exitCode: result.exitCode }) };
}

/** Where a block may leave its state, and who hears that it runs. */
interface ShellPlace {
  /** Where the session keeps its state after the block; absent for a block that must not change it. */
  readonly stateFile?: string;
  /** Given for a block that runs beside the session. */
  readonly onStart?: () => void;
}

/** Runs a shell block where it belongs: in the session, in a copy of it, or in a process of its own. */
async function runShell({ ports, scopes, sessions, tell }: Execution, step: PlanStep, block: ShellBlock, { stateFile, onStart }: ShellPlace): Promise<ShellResult> {
  const session = sessions.shell(step.scope);
  const apart = { ...block, session, name: scopes.find(step.scope)?.file ?? ports.folders.document, interpreter: step.interpreter ?? (step.language === 'zsh' ? 'zsh' : 'bash') };
  if (step.interactive) {
    if (ports.terminal === undefined) throw new Error(`${step.id} was started without a terminal`);
    return ports.terminal.lend((terminal) => runInteractive({ ...apart, terminal, redactor: ports.redactor, onStart: (group) => tellGroup(tell, group, step.id) }));
  }
  if (step.interpreter !== undefined || step.language === 'zsh' || onStart !== undefined) {
    return runInterpreter({
      ...apart,
      onStart(group) {
        tellGroup(tell, group, step.id);
        onStart?.();
      },
    });
  }
  if (stateFile !== undefined && step.session === 'shared') return session.run(block, stateFile);
  const copy = session.fork();
  try {
    return await copy.run(block);
  } finally {
    await copy.close();
  }
}

/** An attempt that ended by itself and printed something else than the document shows. The difference stands in the log. */
function unexpected(step: PlanStep, difference: string, log: StepLog, exitCode?: number): Attempt {
  log.write('stderr', `expected (-) at line ${step.expectation?.line ?? step.line}, printed (+):\n${difference}\n`);
  const reason = `unexpected-output: it did not print what line ${step.expectation?.line ?? step.line} expects`;
  return { kind: 'failed', code: 'unexpected-output', reason, tail: log.close(), ...(exitCode === undefined || exitCode === 0 ? {} : { exitCode }) };
}

/** A writing shell block is one call: what a shell would do cannot be asked bit by bit. */
function shellCall(execution: Execution, step: PlanStep): Call {
  const values = Object.entries(execution.scopes.values(step.scope)).filter(([name]) => step.uses.includes(name));
  return {
    service: 'shell',
    effect: 'write',
    target: step.source,
    ...(values.length === 0 ? {} : { body: values.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join('\n') }),
  };
}

function fromShell(result: ShellResult, step: PlanStep, tail: readonly string[]): Attempt {
  if (result.kind === 'timed-out') return { kind: 'cut-off', why: 'timed-out', reason: 'took longer than its time limit', tail };
  if (result.kind === 'aborted') return { kind: 'cut-off', why: 'aborted', reason: 'was stopped', tail };
  if (result.kind === 'killed') return { kind: 'cut-off', why: 'died', reason: `was killed by ${result.signal ?? 'a signal'}`, tail };
  const exitCode = result.exitCode ?? 0;
  if (exitCode !== 0) return { kind: 'failed', reason: `exit code ${exitCode}`, exitCode, tail };
  if (result.isUntold === true)
    return { kind: 'failed', code: 'outputs-not-told', reason: `outputs-not-told: it ended without telling ${step.publishes.join(', ')}: a trap of its own on EXIT takes the place of the one that tells, and it ended by exit or exec. Let it come to its end, or end it in a subshell`, exitCode, tail };
  const [unreadable] = result.notText;
  if (unreadable !== undefined) return { kind: 'failed', code: 'output-not-data', reason: `output-not-data: ${unreadable} holds bytes that are no text (UTF-8)`, exitCode, tail };
  const outputs: Record<string, Json> = {};
  for (const name of step.publishes) {
    const value = result.outputs[name];
    if (typeof value === 'string') outputs[name] = value;
  }
  return { kind: 'done', outputs, exitCode, isUnmet: false, tail, ...(result.snapshot === undefined ? {} : { snapshot: result.snapshot }) };
}

async function attemptScript(execution: Execution, step: PlanStep, { timeoutMs, signal }: AttemptOptions, log: StepLog): Promise<Attempt> {
  const { ports, options, sessions, tell } = execution;
  const capture = captureOutput(step);
  const result = await sessions.script(step.scope).run({
    code: step.source,
    language: step.language,
    line: step.codeLine,
    step: step.id,
    values: execution.scopes.values(step.scope),
    secrets: sessions.secretsOf(step),
    posture: { mode: options.mode, effect: step.effect },
    now: ports.clock.now(),
    signal: signal ?? options.signal,
    onOutput: (stream, chunk) => {
      capture?.take(stream, chunk);
      log.write(stream, chunk);
    },
    onWrite: (write) => {
      if (!write.withheld) tell({ kind: 'write', step: step.id, write: redactWrite(execution, write) });
    },
    onProgress: (text) => ports.progress(step.id, ports.redactor.redact(text)),
    ask: (kind, data) => ports.ask(kind, data),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const isAnswer = result.kind === 'returned' && (step.role !== 'verifier' && step.gate === undefined || !isUnmet(result, step));
  const difference = isAnswer ? capture?.differenceAt(0) : undefined;
  if (difference !== undefined) return unexpected(step, difference, log);
  if (result.kind === 'failed') log.write('stderr', `${result.stack}\n`);
  return fromScript(result, step, log.close());
}

function redactWrite<W extends { readonly target: string; readonly body?: string }>({ ports }: Execution, write: W): W {
  return { ...write, target: ports.redactor.redact(write.target), ...(write.body === undefined ? {} : { body: ports.redactor.redact(write.body) }) };
}

function fromScript(result: ScriptResult, step: PlanStep, tail: readonly string[]): Attempt {
  switch (result.kind) {
    case 'returned': {
      return { kind: 'done', outputs: result.outputs, isUnmet: isUnmet(result, step), tail };
    }
    case 'withheld':
      return { kind: 'withheld', call: result.call, tail };
    case 'output-not-data':
      return { kind: 'failed', code: 'output-not-data', reason: `output-not-data: ${result.name} ${result.why}`, tail };
    case 'failed':
      return { kind: 'failed', reason: result.message, tail, ...(result.code === undefined ? {} : { code: result.code }) };
    case 'timed-out':
      return { kind: 'cut-off', why: 'timed-out', reason: 'took longer than its time limit', tail };
    case 'aborted':
      return { kind: 'cut-off', why: 'aborted', reason: 'was stopped', tail };
    case 'died':
      return { kind: 'cut-off', why: 'died', reason: 'the script process ended in the middle of the block', tail };
  }
}

function isUnmet({ outputs }: Extract<ScriptResult, { kind: 'returned' }>, step: PlanStep): boolean {
  return step.publishes.some((name) => isFalsyExport(outputs[name]));
}

/** For gates and verifiers: what counts as "not yet" or "not done". (DESIGN §3: neither undefined, null nor false.) */
function isFalsyExport(value: Json | undefined): boolean {
  return value === undefined || value === null || value === false;
}

/** The snapshot as the journal names it: by its way from the run folder. */
export function snapshotOf({ ports }: Execution, attempt: Attempt): { file: string; sha256: string } | undefined {
  if (attempt.kind !== 'done' || attempt.snapshot === undefined) return undefined;
  return { file: `state/${relative(ports.folders.state, attempt.snapshot.path)}`, sha256: attempt.snapshot.sha256 };
}
