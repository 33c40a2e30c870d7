// Keeps a flood of output from the screen: nobody reads a hundred megabytes, but each line of them takes time to show. The log
// has all of it.
import { oneLine } from '@runbook/render';

/** What may be shown of a flood. */
export interface FloodGate {
  /** What of a piece of a step's output may be shown. */
  pass(step: string, piece: string | Buffer): string;
  /** What there is to say at the end of a step: how much was left out, and the last lines of it. */
  end(step: string): string;
}

/** So much is shown at once, in bytes: more than a step says that people are to read. */
const most = 1024 * 1024;

/** So much more is shown with each second of the machine: a flood is one of real time. Bytes. */
const mostPerSecond = 1024 * 1024;

const lastLines = 20;

interface Omission {
  /** In bytes. */
  size: number;
  /** The end of what was left out. */
  last: string | Buffer;
}

/** @param now milliseconds of a clock that goes on by itself. */
export function createFloodGate(now: () => number): FloodGate {
  const omitted = new Map<string, Omission>();
  let at = now();
  let left = most;
  const room = (): number => {
    const present = now();
    left = Math.min(most, left + ((present - at) / 1000) * mostPerSecond);
    at = present;
    return left;
  };
  const notice = (step: string, { size }: Omission): string => `… ${(size / 1_000_000).toFixed(1)} MB of output left out here, the log of ${oneLine(step)} has it\n`;
  return {
    pass(step, piece) {
      const before = omitted.get(step);
      // once it is a flood, it is shown again where there is room for some of it, not line by line
      if (piece.length > room() || (before !== undefined && left < most / 4)) {
        omitted.set(step, { size: (before?.size ?? 0) + piece.length, last: piece });
        // the line that was begun ends here
        return before === undefined ? '\n' : '';
      }
      left -= piece.length;
      const text = piece.toString();
      if (before === undefined) return text;
      omitted.delete(step);
      return notice(step, before) + text.slice(text.indexOf('\n') + 1);
    },
    end(step) {
      const before = omitted.get(step);
      omitted.delete(step);
      return before === undefined ? '' : notice(step, before) + before.last.toString().split('\n').slice(-lastLines - 1).join('\n');
    },
  };
}
