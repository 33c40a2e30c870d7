// The expected output of a step, as an author writes it in a data block with `expect=STEP`: lines, patterns and an exit code,
// or JSON of which the output must hold at least as much. Reads and writes nothing; expectation-match.ts compares.
import { splitLines } from './expectation-line.ts';
import type { Json } from './runbook.ts';

/** One expected line. */
export interface ExpectedLine {
  /** `text` is compared sign by sign; `glob` knows `*`, `?` and `\`; `regex` is a JavaScript expression for the whole line. */
  readonly kind: 'text' | 'glob' | 'regex';
  readonly text: string;
}

/** What a step is expected to print, and how it is expected to end. */
export type Expectation = {
  /** 1-based line of the block in the document. */
  readonly line: number;
  /** Exit code; 0 unless the block says `[1]`. */
  readonly exitCode: number;
} & (
  | {
      readonly kind: 'lines';
      readonly lines: readonly ExpectedLine[];
      /** Whether the last line must end without a line end: `(no-eol)`. */
      readonly noEol: boolean;
    }
  | {
      readonly kind: 'json';
      /** Objects may hold more keys than this; lists are as long as this. */
      readonly json: Json;
    }
);

/** What is wrong with a block, at an offset of its text. */
export interface ExpectationFault {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/** Reads the text of a block with `expect`. Never throws; with faults the expectation is not to be used. */
export function parseExpectation(source: string, language: string, line: number): { readonly expectation: Expectation; readonly faults: readonly ExpectationFault[] } {
  return language === 'json' ? readJson(source, line) : readLines(source, line);
}

const marks = /^(.*?)(?: \((glob|regex|equal|no-eol)\))(?: \((no-eol)\))?$/s;

function readLines(source: string, line: number): { expectation: Expectation; faults: readonly ExpectationFault[] } {
  const faults: ExpectationFault[] = [];
  const rows = splitLines(source);
  const exit = findExit(rows, faults);
  if (exit !== undefined) rows.pop();
  let noEol = false;
  const lines = rows.map(({ text, offset }, index): ExpectedLine => {
    const [, body = text, mark, last] = readMarks(text);
    if (mark === 'no-eol' || last !== undefined) {
      noEol = true;
      if (index < rows.length - 1) faults.push({ offset, message: '"(no-eol)" stands on a line that is not the last one', hint: 'Only the last line can lack its line end.' });
    }
    if (mark === 'regex') checkPattern(body, offset, faults);
    return { kind: mark === 'glob' || mark === 'regex' ? mark : 'text', text: body };
  });
  return { expectation: { kind: 'lines', line, exitCode: exit ?? 0, lines, noEol }, faults };
}

/** The parts of a line: its text, its mark, and `no-eol` behind another mark. */
function readMarks(text: string): readonly (string | undefined)[] {
  // Only the end matters, and a long line need not be searched for it.
  const cut = Math.max(0, text.length - 40);
  const found = marks.exec(text.slice(cut));
  return found === null ? [text, text] : [text, text.slice(0, cut) + (found[1] ?? ''), found[2], found[3]];
}

function checkPattern(pattern: string, offset: number, faults: ExpectationFault[]): void {
  if (compilePattern(pattern) === undefined) faults.push({ offset, message: `${JSON.stringify(pattern.slice(0, 80))} is no regular expression`, hint: 'Escape signs with a backslash, or leave "(regex)" out.' });
}

/** The expression for a whole line; undefined when it is none. */
export function compilePattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    return undefined;
  }
}

/** The exit code that the last line says; undefined when it says none. */
function findExit(rows: readonly { readonly text: string; readonly offset: number }[], faults: ExpectationFault[]): number | undefined {
  const last = rows.at(-1);
  const code = /^\[(\d{1,9})\]$/.exec(last?.text ?? '')?.[1];
  if (last === undefined || code === undefined) return undefined;
  if (Number(code) > 255) faults.push({ offset: last.offset, message: `${last.text} is no exit code`, hint: 'Exit codes go from 0 to 255.' });
  return Number(code);
}

function readJson(source: string, line: number): { expectation: Expectation; faults: readonly ExpectationFault[] } {
  const whole = decode(source);
  if (whole !== undefined) return { expectation: { kind: 'json', line, exitCode: 0, json: whole.value }, faults: [] };
  const faults: ExpectationFault[] = [];
  const rows = splitLines(source);
  const exit = findExit(rows, faults);
  const rest = exit === undefined ? undefined : decode(source.slice(0, rows.at(-1)?.offset ?? 0));
  if (rest === undefined) faults.unshift({ offset: 0, message: 'the expected output is not valid JSON', hint: 'Correct it, or use the language text.' });
  return { expectation: { kind: 'json', line, exitCode: exit ?? 0, json: rest?.value ?? null }, faults };
}

/** A JSON value in a text; undefined when there is none. */
export function decode(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}
