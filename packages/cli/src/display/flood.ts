// Keeps a flood of output from the screen: nobody reads a hundred megabytes, but each line of them takes time to show. The log
// has all of it.
import { oneLine } from '@runbook/render';

/** What may be shown of a flood. */
export interface FloodGate {
  /** What of a piece of a step's output may be shown. */
  pass(step: string, text: string): string;
  /** What there is to say at the end of a step: how much was left out, and the last lines of it. */
  end(step: string): string;
}

/** So much is shown in a moment, in characters; more than anybody sees, and as much as a log of CI bears. */
const mostInMoment = 1024 * 1024;

/** The length of a moment, in milliseconds of the machine: a flood is one of real time. */
const momentMs = 100;

const lastLines = 20;

interface Omission {
  characters: number;
  /** The end of what was left out. */
  last: string;
}

/** @param now milliseconds of a clock that goes on by itself. */
export function createFloodGate(now: () => number): FloodGate {
  const omitted = new Map<string, Omission>();
  let moment = -1;
  let left = 0;
  const notice = (step: string, { characters }: Omission): string => `… ${(characters / 1_000_000).toFixed(1)} MB of output left out here, the log of ${oneLine(step)} has it\n`;
  return {
    pass(step, text) {
      const present = Math.floor(now() / momentMs);
      if (present !== moment) {
        moment = present;
        left = mostInMoment;
      }
      const before = omitted.get(step);
      if (text.length > left) {
        left = 0;
        omitted.set(step, { characters: (before?.characters ?? 0) + text.length, last: text });
        // the line that was begun ends here
        return before === undefined ? '\n' : '';
      }
      left -= text.length;
      if (before === undefined) return text;
      omitted.delete(step);
      return notice(step, before) + text.slice(text.indexOf('\n') + 1);
    },
    end(step) {
      const before = omitted.get(step);
      omitted.delete(step);
      return before === undefined ? '' : notice(step, before) + before.last.split('\n').slice(-lastLines - 1).join('\n');
    },
  };
}
