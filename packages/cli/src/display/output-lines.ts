// Pieces of a step's output become whole lines that are safe to show. A line that is not yet ended is kept back per step.
import { safeLines } from '@runbook/render';

/** Joins pieces of output into lines. */
export interface OutputLines {
  /** The lines that a piece completes. */
  push(step: string, text: string): string[];
  /** What a step wrote since its last line end, as one line; none when that is nothing. */
  flush(step: string): string[];
  /** The steps that have such a rest. */
  steps(): string[];
  /** The rest, as it may be shown. */
  partial(step: string): string;
}

/** A line that never ends is broken here, so that memory stays bounded. Characters. */
const longestLine = 16_384;

/** Starts with nothing kept. */
export function createOutputLines(): OutputLines {
  const rest = new Map<string, string>();
  const take = (step: string): string => {
    const text = rest.get(step) ?? '';
    rest.delete(step);
    return text;
  };
  return {
    push(step, text) {
      const parts = (take(step) + text).split('\n');
      const last = parts.pop() ?? '';
      const lines = parts.map(shown);
      if (last.length > longestLine) lines.push(shown(last));
      else if (last !== '') rest.set(step, last);
      return lines;
    },
    flush(step) {
      const text = take(step);
      return text === '' ? [] : [shown(text)];
    },
    steps: () => [...rest.keys()],
    partial: (step) => shown(rest.get(step) ?? ''),
  };
}

/** A carriage return starts the line anew, as progress meters do: what was written last is what is seen. */
function shown(line: string): string {
  const ended = line.replace(/\r+$/, '');
  return safeLines(ended.slice(ended.lastIndexOf('\r') + 1))[0] ?? '';
}
