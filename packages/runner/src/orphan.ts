// What a runner that was killed has left running: process groups of its blocks, found by the journal, named for people. Nothing
// here ends one without being told to.
import { hostname } from 'node:os';
import type { Owner, RunEvent } from '@runbook/model';
import type { Execution } from './execution.ts';
import { bootId, bornOf } from './owner.ts';
import { endGroup, hasMembers } from './process-group.ts';
import { membersOf, type GroupMember, type ProcessSource } from './process-table.ts';
import { defaultGraceMs } from './shell-block.ts';

/** A process group that still has members although its runner is gone. */
export interface Orphan {
  /** Its number: the process id of its leader, for `kill -- -NUMBER`. */
  readonly group: number;
  /** The step that was begun last in it. */
  readonly step: string;
  /** Its processes as the system lists them. */
  readonly processes: readonly GroupMember[];
}

/** Journals a process group, so that it is found when the runner is killed. */
export function tellGroup(tell: Execution['tell'], group: number, step?: string): void {
  tell({ kind: 'group-started', group, born: bornOf(group) ?? '', ...(step === undefined ? {} : { step }) });
}

/** Finds the groups of earlier owners on this machine, since its last boot, that still run. */
export function findOrphans(events: readonly RunEvent[], source?: ProcessSource): readonly Orphan[] {
  const here = { host: hostname(), boot: bootId() };
  const groups = new Map<number, { readonly born: string; step: string }>();
  let owner: Owner | undefined;
  let step = '';
  for (const event of events) {
    if (event.kind === 'owned') owner = event;
    if (event.kind === 'step-started') step = event.step;
    const isHere = owner?.host === here.host && owner.boot === here.boot;
    if (event.kind === 'group-started' && isHere) groups.set(event.group, { born: event.born, step: event.step ?? step });
    else if (event.kind === 'step-started') for (const group of groups.values()) group.step = group.step === '' ? step : group.step;
  }
  return [...groups].filter(([group, { born }]) => isSameGroup(group, born)).map(([group, { step: last }]) => ({ group, step: last, processes: membersOf(group, source) }));
}

/** The number of a group is nobody else's while it has members; a leader that was born at another time leads another group. */
function isSameGroup(group: number, born: string): boolean {
  const now = bornOf(group);
  return (now === undefined || now === born) && hasMembers(group);
}

/** Ends a group that somebody said to end. */
export async function endOrphan({ group }: Orphan): Promise<void> {
  await endGroup(group, defaultGraceMs);
}
