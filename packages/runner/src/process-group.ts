// Ends whole process groups, not only their leaders: a block's children must not outlive it when it is stopped.
// POSIX only. A child that made a session of its own (`setsid`, a daemon) has left the group and is not reached.
import { readdirSync, readFileSync } from 'node:fs';

/** The longest pause between two looks at a group that ends. Milliseconds. */
const lookMs = 50;

/** How long the last members may take to vanish after KILL. Milliseconds. */
const afterKillMs = 1000;

/** Whether a process group still has members that run. The dead that nobody has collected yet do not count, where that can be seen. */
export function hasMembers(group: number): boolean {
  // its leader is looked at first: to look through all processes takes long where there are many
  return signalGroup(group, 0) && (isLivingMember(String(group), group) || !isDead(group));
}

/** Linux: whether all members of a group are zombies, as in a container whose first process collects no orphans. Elsewhere unknown. */
function isDead(group: number): boolean {
  let processes: string[];
  try {
    processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    // no /proc: macOS collects orphans at once
    return false;
  }
  return processes.length > 0 && !processes.some((pid) => isLivingMember(pid, group));
}

function isLivingMember(pid: string, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the name in brackets may hold anything, also brackets
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(processGroup) === group && state !== 'Z' && state !== 'X';
  } catch {
    // it ended meanwhile
    return false;
  }
}

/**
 * Asks a group to end (TERM), and ends it (KILL) when it has not done so within the grace. Resolves when it has no members,
 * or, where nobody collects the dead, shortly after KILL.
 * @param group process id of the group's leader; 0 where it never started, and then there is nothing to do.
 * @param graceMs how long after TERM. Milliseconds.
 */
export async function endGroup(group: number, graceMs: number): Promise<void> {
  if (!signalGroup(group, 'SIGTERM')) return;
  // a stopped process would only see TERM after it goes on
  signalGroup(group, 'SIGCONT');
  if (await isGone(group, graceMs)) return;
  signalGroup(group, 'SIGKILL');
  await isGone(group, afterKillMs);
}

async function isGone(group: number, limitMs: number): Promise<boolean> {
  for (let waited = 0, pause = 1; waited <= limitMs; waited += pause, pause = Math.min(2 * pause, lookMs)) {
    if (!hasMembers(group)) return true;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return !hasMembers(group);
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  // 0 and 1 would mean our own group, or everybody
  if (!Number.isSafeInteger(group) || group <= 1) return false;
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    // ESRCH: no members. EPERM: macOS says so of a group whose members are all dead already.
    return false;
  }
}

/** Why something was stopped from outside. */
export type Stop = 'timed-out' | 'aborted';

/** Calls `stop` once: when the time is over, or when the signal aborts. `release` ends the watch. */
export function watchLimits(limits: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined }, stop: (why: Stop) => void): { release(): void } {
  const { timeoutMs, signal } = limits;
  const onAbort = (): void => once('aborted');
  // Node takes a longer delay for none at all
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => once('timed-out'), Math.min(timeoutMs, 2 ** 31 - 1));
  const release = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  const once = (why: Stop): void => {
    release();
    stop(why);
  };
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted === true) once('aborted');
  return { release };
}
