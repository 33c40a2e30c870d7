// A run that goes on at another place. Its shell finds the same folders below the work folder that is there now, and the local
// steps that were done are done again, each where it was done first. What they publish must be what writes have used already.
import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import type { Json, PlanStep } from '@runbook/model';
import type { StepEnd } from './ending.ts';
import type { Execution } from './execution.ts';
import type { Memory } from './memory.ts';
import type { Ports } from './ports.ts';
import type { ShellSession } from './shell-session.ts';
import { fromBytes, parseSnapshot } from './shell-state.ts';

/** Puts a shell that was restored from a state of another place into the folder of this place. */
export function settleShell(shell: ShellSession, { folders }: Pick<Ports, 'folders'>, memory: Memory): ShellSession {
  if (memory.places.length > 1) shell.enter(here(shell.folder, folders.work, memory));
  return shell;
}

/**
 * Does a step again that was done at another place.
 * @param run runs the step itself.
 */
export async function redo(execution: Execution, step: PlanStep, run: () => Promise<StepEnd>): Promise<StepEnd> {
  const { memory, sessions, ports } = execution;
  const shell = step.kind === 'shell' ? sessions.shell(step.scope) : undefined;
  shell?.enter(here(folderOf(ports, memory.snapshotBefore(step.id)), ports.folders.work, memory));
  const before = new Map(step.publishes.map((name) => [name, memory.outputs(step.scope).get(name)] as const));
  const end = await run();
  if (end.state !== 'passed') return end;
  // the steps that are not done again had left the shell there
  const left = renamed(folderOf(ports, memory.snapshotAtMove(step.scope)), ports.folders.work, memory);
  if (existsSync(left)) shell?.enter(left);
  const name = step.publishes.find((one) => isUsedByWrite(execution, step, one) && !isSame(before.get(one), end.outputs?.[one], execution));
  if (name === undefined) return end;
  // not told as an output: it would be what the next attempt is compared with
  const { outputs, omitted: _, snapshot: __, ...rest } = end;
  return { ...rest, state: 'failed', reason: `done again at another place it publishes another ${name} than the one that writes have used: ${JSON.stringify(outputs?.[name])}, not ${JSON.stringify(before.get(name))}` };
}

/** The folder that a shell state was left in; the work folder where there is no such state. */
function folderOf({ folders }: Ports, snapshot: ReturnType<Memory['snapshot']>): string {
  const file = join(folders.run, snapshot?.file ?? '');
  return snapshot === undefined || !existsSync(file) ? folders.work : fromBytes(parseSnapshot(readFileSync(file, 'utf8'), file).cwd);
}

/** A folder of an earlier place as it is called here; the work folder where there is none such. */
function here(folder: string, work: string, memory: Memory): string {
  const moved = renamed(folder, work, memory);
  return existsSync(moved) ? moved : work;
}

function renamed(text: string, work: string, { places }: Memory): string {
  const from = places.slice(0, -1).map((place) => join(place, 'work')).find((old) => text === old || text.startsWith(`${old}/`));
  return from === undefined ? text : work + text.slice(from.length);
}

function isUsedByWrite({ plan, memory }: Execution, step: PlanStep, name: string): boolean {
  return plan.steps.some((other) => other.effect === 'write' && other.scope === step.scope && other.uses.includes(name) && memory.attempts(other.id) > 0);
}

/** Whether a value is what it was, but for the name of the work folder. */
function isSame(before: Json | undefined, now: Json | undefined, { memory, ports }: Execution): boolean {
  if (before === undefined) return true; // it held a secret and was not journalled
  if (typeof before === 'string' && renamed(before, ports.folders.work, memory) === now) return true;
  return isDeepStrictEqual(before, now);
}
