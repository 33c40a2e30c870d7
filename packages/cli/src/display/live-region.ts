// A few lines that stay at the bottom of a terminal while text scrolls above them. Knows escape sequences and nothing of runs.
// It never leaves the terminal changed: `clear` takes its lines away and gives the cursor back.
import { textWidth } from '@runbook/render';

/** What of a stream is needed; `process.stderr` is one. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly isTTY?: boolean | undefined;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** Lines at the bottom of a terminal. */
export interface LiveRegion {
  /** Writes the scrolled lines and draws the region anew, as one update of the screen. */
  draw(scrolled: readonly string[], region: readonly string[]): void;
  /** Takes the region away, writes the scrolled lines and shows the cursor. */
  clear(scrolled: readonly string[]): void;
}

const escape = '\u001b';
const beginUpdate = `${escape}[?2026h`;
const endUpdate = `${escape}[?2026l`;
const hideCursor = `${escape}[?25l`;
const showCursor = `${escape}[?25h`;
const eraseRow = `${escape}[2K`;
const upOne = `${escape}[1A`;

/** A region on a terminal. Region lines must be narrower than the terminal. */
export function createLiveRegion(out: TerminalStream): LiveRegion {
  let drawn: readonly string[] = [];
  let isHidden = false;
  /**
   * Takes the region away row by row: erasing all below at once makes tmux push the rows into its history when they begin at
   * the top of the screen. A terminal made narrower since has wrapped the lines.
   */
  const takeAway = (): string => {
    const columns = columnsOf(out);
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    return drawn.length === 0 ? '' : `\r${eraseRow}${`${upOne}${eraseRow}`.repeat(rows - 1)}`;
  };
  return {
    draw(scrolled, region) {
      if (scrolled.length === 0 && isSame(drawn, region)) return;
      const text = `${takeAway()}${scrolled.map((line) => `${line}\n`).join('')}${region.join('\n')}`;
      drawn = region;
      out.write(`${beginUpdate}${isHidden ? '' : hideCursor}${text}${endUpdate}`);
      isHidden = true;
    },
    clear(scrolled) {
      const text = `${takeAway()}${scrolled.map((line) => `${line}\n`).join('')}`;
      drawn = [];
      if (isHidden) out.write(`${beginUpdate}${text}${endUpdate}${showCursor}`);
      else if (text !== '') out.write(text);
      isHidden = false;
    },
  };
}

/** The columns of a terminal; 80 where it does not say. */
export function columnsOf(out: TerminalStream): number {
  return out.columns !== undefined && out.columns > 0 ? out.columns : 80;
}

/** The rows of a terminal; 24 where it does not say. */
export function rowsOf(out: TerminalStream): number {
  return out.rows !== undefined && out.rows > 0 ? out.rows : 24;
}

function widthOf(line: string): number {
  return textWidth(line.replace(/\u001b\[[0-9;]*m/g, ''));
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
