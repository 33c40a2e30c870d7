// The processes of a group, for people: from /proc where there is one, else from `ps`, whose columns macOS shares with others.
// Programs are told without their arguments, which may hold secrets.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** A living process of a group. */
export interface GroupMember {
  readonly pid: number;
  readonly program: string;
  /** How long it has been running. Milliseconds. */
  readonly ageMs: number;
}

/** Where processes are read from. */
export type ProcessSource = 'proc' | 'ps';

/** Lists the members of a process group. Empty where nothing tells them. */
export function membersOf(group: number, source: ProcessSource = existsSync('/proc/self/stat') ? 'proc' : 'ps'): GroupMember[] {
  return source === 'proc' ? fromProc(group) : fromPs(group);
}

/** Times in /proc are in ticks, of which Linux shows a hundred a second on every platform that Node runs on. */
const tickMs = 10;

function fromProc(group: number): GroupMember[] {
  const now = uptime() * 1000;
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid): GroupMember[] => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // the name in brackets may hold anything, also brackets
      const [state = '', , own, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(own) !== group || /^[ZX]/.test(state)) return [];
      return [{ pid: Number(pid), program: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')), ageMs: Math.max(0, Math.round(now - Number(rest[16]) * tickMs)) }];
    } catch {
      // it ended meanwhile
      return [];
    }
  });
}

function fromPs(group: number): GroupMember[] {
  let text: string;
  try {
    text = execFileSync('ps', ['-A', '-o', 'pgid=', '-o', 'pid=', '-o', 'etime=', '-o', 'stat=', '-o', 'comm='], { encoding: 'utf8' });
  } catch {
    // no ps: the number of the group has to do
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [, own, pid, age = '', state = '', program = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
    return Number(own) === group && pid !== undefined && !/^[ZX]/.test(state) ? [{ pid: Number(pid), program, ageMs: secondsOf(age) * 1000 }] : [];
  });
}

/** Seconds of an age such as `03:07`, `1:03:07` or `2-01:03:07`. */
function secondsOf(age: string): number {
  const [clock = '', days = '0'] = age.split('-').toReversed();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
