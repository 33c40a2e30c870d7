// A terminal for tests: obeys the few escape sequences that the display uses, and refuses any other.
import { textWidth } from '@runbook/render';
import type { TerminalStream } from './live-region.ts';

/** A terminal whose screen and history can be read. */
export interface FakeTerminal extends TerminalStream {
  columns: number;
  rows: number;
  /** The rows on the screen, white space at their ends removed, empty rows at the end left out. */
  screen(): string[];
  /** Everything that was ever scrolled away, and the screen. */
  all(): string[];
  isCursorShown(): boolean;
  /** Makes it narrower: rows that no longer fit are wrapped, the cursor stays at the end. */
  resize(columns: number): void;
  /** How many updates were begun and not ended. */
  openUpdates(): number;
}

const sequence = /\u001b\[(\?)?(\d*(?:;\d*)*)([A-Za-z])|[\s\S]/gu;

/** An empty terminal of this size. Wide characters take two columns; a full row wraps at the next character. */
export function createFakeTerminal(columns: number, rows: number): FakeTerminal {
  let lines: string[] = [''];
  let row = 0;
  let column = 0;
  let shown = true;
  let updates = 0;
  const first = (): number => Math.max(0, lines.length - terminal.rows);
  const set = (text: string): void => void (lines[row] = text);
  const newLine = (): void => {
    row += 1;
    while (lines.length <= row) lines.push('');
  };
  const print = (character: string): void => {
    if (character === '\n') newLine();
    if (character === '\n' || character === '\r') return void (column = 0);
    if (character < ' ' || character === '\u007f') throw new Error(`control character ${JSON.stringify(character)} reached the terminal`);
    const width = textWidth(character);
    if (column + width > terminal.columns) {
      newLine();
      column = 0;
    }
    const line = lines[row] ?? '';
    if (textWidth(line) !== column) throw new Error('the display only appends to a row');
    set(line + character);
    column += width;
  };
  const obey = (question: string | undefined, numbers: string, letter: string): void => {
    const code = `${question ?? ''}${numbers}${letter}`;
    if (letter === 'm') return;
    if (code === '?2026h') updates += 1;
    else if (code === '?2026l') updates -= 1;
    else if (code === '?25l' || code === '?25h') shown = letter === 'h';
    else if (code === '2K') set('');
    else if (letter === 'A') row = Math.max(first(), row - Number(numbers || '1'));
    else throw new Error(`the terminal does not know ${code}`);
  };
  const trimmed = (all: readonly string[]): string[] => all.slice(0, all.findLastIndex((line) => line !== '') + 1).map((line) => line.trimEnd());
  const terminal: FakeTerminal = {
    isTTY: true,
    columns,
    rows,
    write(text) {
      for (const [all, question, numbers, letter] of text.matchAll(sequence)) {
        if (letter === undefined) print(all);
        else obey(question, numbers ?? '', letter);
      }
      return true;
    },
    screen: () => trimmed(lines.slice(first())),
    all: () => trimmed(lines),
    resize(narrower) {
      terminal.columns = narrower;
      lines = lines.flatMap((line) => line.match(new RegExp(`.{1,${narrower}}`, 'gu')) ?? ['']);
      row = lines.length - 1;
      column = textWidth(lines[row] ?? '');
    },
    isCursorShown: () => shown,
    openUpdates: () => updates,
  };
  return terminal;
}
